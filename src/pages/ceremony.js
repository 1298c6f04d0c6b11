// Has the browser make a passkey, or use one, and sends what it answers with the form around the button.
'use strict';

const READS = { create: 'parseCreationOptionsFromJSON', get: 'parseRequestOptionsFromJSON' };

/** What the service asks of the browser; none, when somebody has to show first that it is they. */
async function asked(form) {
  const token = form.elements.namedItem('form_token');
  const body = token ? new URLSearchParams({ form_token: token.value }) : undefined;
  const answer = await fetch(form.dataset.begin, { method: 'POST', body, redirect: 'manual' });
  if (answer.type === 'opaqueredirect') {
    // This page leads there as well, and back.
    location.reload();
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).public_key;
}

async function fill(form, answer, trouble) {
  const { ceremony } = form.dataset;
  trouble.hidden = true;
  try {
    const options = await asked(form);
    if (!options) return;
    const publicKey = PublicKeyCredential[READS[ceremony]](options);
    answer.value = JSON.stringify(await navigator.credentials[ceremony]({ publicKey }));
    form.requestSubmit();
  } catch {
    answer.value = '';
    trouble.hidden = false;
  }
}

for (const form of document.querySelectorAll('form[data-ceremony]')) {
  // Browsers that can't be asked show what stands there for them.
  if (!window.PublicKeyCredential?.[READS[form.dataset.ceremony]]) continue;
  const answer = form.elements.namedItem('credential');
  const trouble = form.querySelector('[role="alert"]');
  form.hidden = false;
  for (const other of document.querySelectorAll('[data-without-passkeys]')) other.hidden = true;
  form.addEventListener('submit', (event) => {
    if (answer.value !== '') return;
    event.preventDefault();
    void fill(form, answer, trouble);
  });
}
