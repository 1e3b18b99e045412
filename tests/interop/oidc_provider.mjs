// Serves oidc-provider, other people's identity server, where our client expects Entra ID: PKCE is
// enforced, access tokens are opaque, refresh tokens are rotated, and one that is used twice takes
// all that came of its sign-in with it. Whoever signs in does so on the pages it has for developers.
// Beside it stands a list of customers that takes only its tokens. Prints one line of JSON with where
// it is and how to sign in, and ends with its standard input. Its argument is the folder of
// node_modules.

import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// What the server has to say is not for whom reads our line.
console.log = console.info = console.warn = console.error;

const { Provider } = await import(
  pathToFileURL(join(process.argv[2], 'node_modules', 'oidc-provider', 'lib', 'index.js')));

const TENANT = '6a1c7b62-3f0e-4c55-9d4a-0b7c1f2e3d40';
const ALL = ['openid', 'offline_access', 'profile', 'email',
  ...['https://api.partnercenter.microsoft.com', 'https://graph.microsoft.com']
    .flatMap((resource) => [`${resource}/.default`, `${resource}/user_impersonation`])];
const CLIENT = { id: 'tenantry', secret: 'interop-secret-of-the-client' };
const PUBLIC_CLIENT = '2f6d8c14-5e3a-4b97-8d01-7a9c6b5e4f32';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const METADATA = '/.well-known/openid-configuration';

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
process.stdin.resume().on('end', () => process.exit(0));
const origin = `http://127.0.0.1:${server.address().port}`;
const home = `/login/${TENANT}`;

const provider = new Provider(origin + home, {
  clients: [{
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
    redirect_uris: ['http://localhost'],
    application_type: 'native',
    token_endpoint_auth_method: 'client_secret_post',
    scope: ALL.join(' '),
  }, {
    client_id: PUBLIC_CLIENT,
    grant_types: ['authorization_code', 'refresh_token', DEVICE],
    redirect_uris: ['http://localhost'],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    scope: ALL.join(' '),
  }],
  scopes: ALL,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
  },
  // Runs ask where Microsoft has it; all else is found by the metadata.
  routes: { token: '/oauth2/v2.0/token' },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

// A user who has signed in and agreed, as the code flow with PKCE would leave it behind.
async function signedIn() {
  const client = await provider.Client.find(CLIENT.id);
  const scope = ALL.join(' ');
  const grant = new provider.Grant({ accountId: 'megan', clientId: CLIENT.id });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId: 'megan', client, grantId, scope, gty: 'authorization_code', rotations: 0,
    iiat: Math.floor(Date.now() / 1000),
  });
  return token.save();
}

// Takes a token only if this server issued it and it still holds.
async function customers(request, response) {
  const value = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const token = await provider.AccessToken.find(value) ?? await provider.ClientCredentials.find(value);
  const body = token?.isValid
    ? { totalCount: 1, items: [{ id: TENANT, companyProfile: { companyName: token.accountId ?? 'app' } }] }
    : { code: 401, description: 'The token is not one of this server.' };
  response.writeHead(token?.isValid ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

// Microsoft's metadata stand a level deeper than the standard has them.
const handle = provider.callback();
function identity(request, response) {
  request.originalUrl = request.url.replace(`/v2.0${METADATA}`, METADATA);
  request.url = request.originalUrl.replace(home, '');
  handle(request, response);
}

server.on('request', (request, response) => {
  const handler = request.url.startsWith('/partner/') ? customers : identity;
  handler(request, response);
});
const refreshToken = await signedIn();
const line = JSON.stringify({
  login_url: `${origin}/login`,
  partner_url: `${origin}/partner`,
  graph_url: `${origin}/graph`,
  arm_url: `${origin}/arm`,
  tenant_id: TENANT,
  client_id: CLIENT.id,
  client_secret: CLIENT.secret,
  public_client_id: PUBLIC_CLIENT,
  refresh_token: refreshToken,
});
process.stdout.write(`${line}\n`);
