// Clients that openapi-generator makes of the contract into out/, two at a time: node openapi-generator.mjs its.jar

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What each is told, beside the contract and where to write. The guide says the same. */
export const GENERATORS = {
  'java': '--library native --additional-properties=enumUnknownDefaultCase=true,openApiNullable=false,useJakartaEe=true',
  'kotlin': '--additional-properties=enumUnknownDefaultCase=true',
  'python': '',
  'swift6': '--additional-properties=enumUnknownDefaultCase=true',
  'typescript-fetch': '--additional-properties=dateLibrary=string,importFileExtension=.js',
};

/** What it may warn of, since that is its own. Anything else may be something that it leaves out, and is a failure. */
const ITS_OWN = [
  // It says so of every document of OpenAPI 3.1.
  /OpenAPI 3\.1 support is still in beta/,
  // It asks what `additionalProperties: true` refers to. The records of sync clients have it; they come out as maps.
  /ModelUtils - Failed to get the schema name: null$/,
  // Python says that such a map may hold anything, as it may.
  /Codegen property is null \(e\.g\. map\/dict of undefined type\)\. Default to typing\.Any\.$/,
  // It tries the names of parameters as those of classes. No class comes of it: the parameters are strings.
  /(Date|From) \(.+\) cannot be used as (a )?model name\. Renamed to Model(Date|From)$/,
  // Java's documents, which are not made here, show no example of a body that is an object.
  /AbstractJavaCodegen - Ignoring complex example on request body$/,
];

// Half of its time goes into documents and tests that nobody looks at, and most of the rest into optimising itself.
const JAVA = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar'];
const CODE_ALONE = 'models,apis,supportingFiles,modelDocs=false,apiDocs=false,modelTests=false,apiTests=false';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

function generate(jar, [name, options]) {
  const command = [
    ...JAVA, jar, 'generate', '-g', name, '-i', path('../../openapi.yaml'), '-o', path(`out/${name}`),
    '--global-property', CODE_ALONE, ...options.split(' ').filter(Boolean),
  ];
  return new Promise((done, failed) => {
    execFile('java', command, { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.split('\n');
      const strange = error ? said : said.filter((line) => !isExpected(line));
      if (strange.length === 0) done();
      else failed(new Error(`the generator of ${name} says:\n${strange.join('\n')}`));
    });
  });
}

function isExpected(line) {
  return /^\[\w+\] INFO /.test(line) || /^(#.*)?$/.test(line) || ITS_OWN.some((own) => own.test(line));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , jar] = process.argv;
  const waiting = Object.entries(GENERATORS);
  const worker = async () => {
    for (let next; (next = waiting.shift()); ) await generate(jar, next);
  };
  await Promise.all([worker(), worker()]);
}
