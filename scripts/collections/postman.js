// What is sent, as Postman imports it: one file, collection format 2.1.

function postman({ title, about, variables, folders }) {
  const made = {
    info: {
      name: title,
      description: about,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{access_token}}', type: 'string' }] },
    variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
    item: folders.map(({ name, requests }) => ({ name, item: requests.map(item) })),
  };
  return { 'cramp-diary.postman_collection.json': `${JSON.stringify(made, null, 1)}\n` };
}

function item({ id, name, method, path, inPath, query, headers, body, form, isOpen, handsOutTokens }) {
  const request = {
    method: method.toUpperCase(),
    header: headers.map(ticked),
    url: {
      raw: `{{base_url}}${path}`,
      host: ['{{base_url}}'],
      path: path.slice(1).split('/'),
      ...(query.length > 0 && { query: query.map(ticked) }),
      variable: inPath.map(({ name: key, value }) => ({ key, value })),
    },
    ...(body && { body: { mode: 'raw', raw: body, options: { raw: { language: 'json' } } } }),
    ...(form && { body: { mode: 'urlencoded', urlencoded: form.map(ticked) } }),
    ...(isOpen && { auth: { type: 'noauth' } }),
  };
  return { id, name, ...(handsOutTokens && { event: [KEEP_TOKENS] }), request };
}

const ticked = ({ name: key, value, isSent }) => ({ key, value, ...(!isSent && { disabled: true }) });

const KEEP_TOKENS = {
  listen: 'test',
  script: {
    type: 'text/javascript',
    exec: [
      'if (pm.response.code < 300) {',
      '  const answer = pm.response.json();',
      '  const tokens = answer.tokens || answer;',
      "  pm.collectionVariables.set('access_token', tokens.access_token);",
      "  pm.collectionVariables.set('refresh_token', tokens.refresh_token);",
      '}',
    ],
  },
};

module.exports = { postman };
