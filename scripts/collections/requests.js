// The contract as requests that can be sent: a folder for each tag, and in it each operation, filled in with its examples.

const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

const ROOT = join(__dirname, '../..');
const FORM = 'application/x-www-form-urlencoded';
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

function requests() {
  const { parse } = createRequire(join(ROOT, 'tests/generated/package.json'))('yaml');
  const contract = parse(readFileSync(join(ROOT, 'openapi.yaml'), 'utf8'));
  const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({
      ...item[method], path, method, parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])],
    })));
  return {
    title: contract.info.title,
    about: 'Made from the contract, which the service shows at /docs. Open an account or sign in, or get a new pair of tokens: '
      + 'the tokens are kept in variables, and sent from then on.',
    variables: { base_url: 'http://127.0.0.1:8080', access_token: '', refresh_token: '' },
    folders: contract.tags.map(({ name }) => ({
      name,
      requests: operations.filter(({ tags }) => tags[0] === name).map((operation) => request(contract, operation)),
    })),
  };
}

function request(contract, { operationId, summary, path, method, parameters, requestBody, responses, security }) {
  const known = parameters.map((parameter) => resolved(contract, parameter));
  const inPlace = (place) => known.filter((parameter) => parameter.in === place).map(field);
  const [[mediaType, body] = []] = Object.entries(resolved(contract, requestBody)?.content ?? {});
  const typed = mediaType ? [{ name: 'Content-Type', value: mediaType, isSent: true }] : [];
  return {
    id: operationId,
    name: summary,
    method,
    path: path.replace(/\{(\w+)\}/g, ':$1'),
    inPath: inPlace('path'),
    query: inPlace('query'),
    headers: [...typed, ...inPlace('header')],
    ...(mediaType === FORM
      ? { form: Object.entries(example(contract, body)).map(([name, value]) => ({ name, value: String(value), isSent: true })) }
      : { body: mediaType && JSON.stringify(withTokens(example(contract, body)), null, 2) }),
    isOpen: security?.length === 0,
    // What is said in a form is said by an app of others, whose tokens are not those of the person.
    handsOutTokens: mediaType !== FORM && handsOutTokens(contract, responses),
  };
}

/** What need not be sent is there to be ticked. */
function field({ name, required = false, example: value = '' }) {
  return { name, value: String(value), isSent: required };
}

function resolved(contract, part) {
  if (part?.$ref === undefined) return part;
  return part.$ref.slice('#/'.length).split('/').reduce((found, step) => found[step], contract);
}

function example(contract, { example: one, examples = {} }) {
  if (one !== undefined) return one;
  const [first] = Object.values(examples);
  return resolved(contract, first)?.value;
}

const withTokens = (body) => (body?.refresh_token ? { ...body, refresh_token: '{{refresh_token}}' } : body);

function handsOutTokens(contract, responses) {
  return Object.entries(responses).some(([status, response]) => {
    const body = resolved(contract, response).content?.['application/json'];
    const answer = status.startsWith('2') && body && example(contract, body);
    return Boolean((answer?.tokens ?? answer)?.refresh_token);
  });
}

module.exports = { ROOT, requests };
