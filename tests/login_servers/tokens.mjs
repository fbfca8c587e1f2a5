// node tokens.mjs SECONDS: oidc-provider, whose tokens are valid for SECONDS, and an API at every other path that
// accepts them. The clients are client-0 to client-200. Prints its port; /stats has its counts.
import http from 'node:http';
import Provider from 'oidc-provider';

const clients = [];
for (let i = 0; i <= 200; i++)
	clients.push({ client_id: `client-${i}`, client_secret: 'demo', grant_types: ['client_credentials'],
		redirect_uris: [], response_types: [] });

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
	const { port } = server.address();
	const provider = new Provider(`http://127.0.0.1:${port}`, {
		clients,
		features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
		ttl: { ClientCredentials: Number(process.argv[2]) },
	});
	const handle = provider.callback();
	const stats = { tokens: 0, accepted: 0, refused: 0 };

	server.on('request', async (request, response) => {
		if (request.url === '/stats')
			return response.end(JSON.stringify(stats));
		if (request.url === '/token') {
			stats.tokens++;
			return handle(request, response);
		}
		const said = (request.headers.authorization ?? '').replace(/^Bearer /, '');
		const token = await provider.ClientCredentials.find(said);
		if (token && !token.isExpired) {
			stats.accepted++;
			return response.end(token.clientId);
		}
		stats.refused++;
		response.statusCode = 401;
		response.end();
	});
	console.log(port);
});
