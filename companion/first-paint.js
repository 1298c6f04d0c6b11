// Before anything is painted: dark at night, and the language. A classic script, since modules run after the first paint.

'use strict';

(() => {
  /** @param {string} name */
  const chosen = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const hour = new Date().getHours();
  const byItself = hour >= 22 || hour < 6 || matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const theme = chosen('look.theme');
  const root = document.documentElement;
  root.dataset.theme = theme === 'dark' || theme === 'light' ? theme : byItself;
  const language =
    chosen('look.language') ??
    navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'en' || tag === 'de');
  root.lang = language ?? 'en';
  if (root.dataset.theme === 'dark') {
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute('content', '#120e0a');
  }
})();
