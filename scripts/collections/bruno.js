// What is sent, as Bruno opens it: a folder of small files in its own language, one for each request.

function bruno({ title, about, variables, folders }) {
  const files = {
    'bruno.json': `${JSON.stringify({ version: '1', name: title, type: 'collection' }, null, 2)}\n`,
    'collection.bru': written([
      ['auth', pairs([['mode', 'bearer']])],
      ['auth:bearer', pairs([['token', '{{access_token}}']])],
      ['vars:pre-request', pairs(Object.entries(variables))],
      ['docs', about],
    ]),
  };
  folders.forEach(({ name, requests }, folder) => {
    const path = name.toLowerCase().replace(/\W+/g, '-');
    files[`${path}/folder.bru`] = written([['meta', pairs([['name', name], ['seq', folder + 1]])]]);
    requests.forEach((request, at) => {
      files[`${path}/${request.id}.bru`] = written(blocks(request, at + 1));
    });
  });
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`bruno/${path}`, text]));
}

function blocks({ name, method, path, inPath, query, headers, body, form, isOpen, handsOutTokens }, seq) {
  const sent = query.filter(({ isSent }) => isSent).map(({ name: key, value }) => `${key}=${encodeURIComponent(value)}`);
  const url = `{{base_url}}${path}${sent.length > 0 ? `?${sent.join('&')}` : ''}`;
  const request = [['url', url], ['body', form ? 'formUrlEncoded' : body ? 'json' : 'none'], ['auth', isOpen ? 'none' : 'inherit']];
  return [
    ['meta', pairs([['name', name], ['type', 'http'], ['seq', seq]])],
    [method, pairs(request)],
    ['params:query', pairs(query.map(ticked))],
    ['params:path', pairs(inPath.map(ticked))],
    ['headers', pairs(headers.map(ticked))],
    ['body:json', body ?? ''],
    ['body:form-urlencoded', form ? pairs(form.map(ticked)) : ''],
    ['script:post-response', handsOutTokens ? KEEP_TOKENS : ''],
  ];
}

const ticked = ({ name, value, isSent }) => [isSent ? name : `~${name}`, value];
const pairs = (known) => known.map(([name, value]) => `${name}: ${value}`.trimEnd()).join('\n');

/** The blocks that say something, as Bruno writes them. */
function written(known) {
  const block = ([name, text]) => `${name} {\n${text.replace(/^(?=.)/gm, '  ')}\n}\n`;
  return known.filter(([, text]) => text !== '').map(block).join('\n');
}

const KEEP_TOKENS = `if (res.getStatus() < 300) {
  const answer = res.getBody();
  const tokens = answer.tokens || answer;
  bru.setVar('access_token', tokens.access_token);
  bru.setVar('refresh_token', tokens.refresh_token);
}`;

module.exports = { bruno };
