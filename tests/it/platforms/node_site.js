// A site whose login is the code of docs/integrations/node.md: one question a line in, one answer a line out.
//
// node_site.js DATABASE CODE bcrypt|bcryptjs

const readline = require('node:readline');
const Module = require('node:module');
const { Client } = require('pg');

const [database, code, bcrypt] = process.argv.slice(2);
// The page's own line stands for either package.
const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => resolve(name === 'bcrypt' ? bcrypt : name, ...rest);
const { login } = require(`${code}/login.js`);

async function main() {
  const db = new Client({ connectionString: database });
  await db.connect();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    console.log((await login(db, question.login, question.password)) ? 'in' : 'out');
  }
  await db.end();
}

main();
