// The scripts of docs/integrations/identity.md, asked as the products' documents have it: one question a line in, one answer
// a line out.
//
// identity_site.js SIDECAR CODE TOKEN

const fs = require('node:fs');
const net = require('node:net');
const readline = require('node:readline');

const [sidecar, code, token] = process.argv.slice(2);
Object.assign(process.env, {
  SALTERN_URL: sidecar, SALTERN_TOKEN: token, SALTERN_CREDENTIAL: 'users', HOOK_SECRET: 'the secret of the hook',
});

class WrongUsernameOrPasswordError extends Error {}
const configuration = { SALTERN_URL: sidecar, SALTERN_TOKEN: token, SALTERN_CREDENTIAL: 'users' };
const auth0 = new Function(
  'configuration', 'WrongUsernameOrPasswordError', `${fs.readFileSync(`${code}/auth0.js`)}\nreturn login;`,
)(configuration, WrongUsernameOrPasswordError);
const cognito = require(`${code}/cognito.js`);
const { server } = require(`${code}/hooks.js`);

const post = async (path, body, secret = process.env.HOOK_SECRET) => {
  const url = `http://127.0.0.1:${server.address().port}${path}`;
  const headers = { Authorization: secret, 'Content-Type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return [answer.status, await answer.json()];
};

/** A client that goes away amid its body. The process must outlive it, or no question below is answered. */
const leave = async () => {
  const gone = new Promise((resolve) => { server.once('request', (request) => request.once('close', resolve)); });
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write(
    `POST /okta HTTP/1.1\r\nHost: x\r\nAuthorization: ${process.env.HOOK_SECRET}\r\nContent-Length: 99\r\n\r\n{`,
    () => setTimeout(() => socket.destroy(), 50),
  );
  await gone;
};

const products = {
  fusionauth: async ({ login, password, secret }) => {
    const [status, body] = await post('/fusionauth', { loginId: login, password, applicationId: 'x', ipAddress: '192.0.2.1' }, secret);
    if (status !== 200) return { 404: 'out' }[status] ?? `status ${status}`;
    return /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(body.user.id) && body.user.email === login ? 'in' : 'no user';
  },
  okta: async ({ login, password, secret }) => {
    const [status, body] = await post('/okta', {
      eventId: '3o9jBzq1SmOGmmsDsqyyeQ', eventTime: '2020-01-17T21:23:56.000Z',
      eventType: 'com.okta.user.credential.password.import', eventTypeVersion: '1.0',
      contentType: 'application/json', cloudEventVersion: '0.1', source: 'https://example.okta.com/api/v1/inlineHooks/1',
      data: { context: { request: { id: 'X', method: 'POST' }, credential: { username: login, password } }, action: { credential: 'UNVERIFIED' } },
    }, secret);
    if (status !== 200) return `status ${status}`;
    const [{ type, value }] = body.commands;
    return type === 'com.okta.action.update' ? { VERIFIED: 'in', UNVERIFIED: 'out' }[value.credential] : 'no command';
  },
  auth0: ({ login, password }) => new Promise((resolve) => {
    auth0(login, password, (error, profile) => {
      if (error) resolve(error instanceof WrongUsernameOrPasswordError ? 'out' : 'nobody knows');
      else resolve(profile.user_id === login ? 'in' : 'no profile');
    });
  }),
  cognito: async ({ login, password, trigger }) => {
    const event = {
      version: '1', triggerSource: trigger ?? 'UserMigration_Authentication', userName: login,
      request: { password, validationData: null, clientMetadata: null },
      response: { userAttributes: null, finalUserStatus: null, messageAction: null, desiredDeliveryMediums: null, forceAliasCreation: null },
    };
    try {
      const { response } = await cognito.handler(event);
      return response.finalUserStatus === 'CONFIRMED' && response.messageAction === 'SUPPRESS' ? 'in' : 'no response';
    } catch {
      return 'out';
    }
  },
};

async function main() {
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  await leave();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    console.log(await products[question.product](question));
  }
  server.close();
}

main();
