// node ntlm.mjs: Express with express-ntlm. /who/USER responds with the user of the connection. Prints its port; /stats has its counts.
import express from 'express';
import ntlm from 'express-ntlm';

const app = express();
const stats = { requests: 0, mixed: 0, connections: 0 };
const connections = new Set();

app.get('/stats', (request, response) => response.json({ ...stats, connections: connections.size }));
app.use((request, response, next) => {
	connections.add(request.socket);
	next();
});
app.use(ntlm({ domain: 'CORP' }));
app.all('/who/:user', (request, response) => {
	stats.requests++;
	stats.mixed += request.ntlm.UserName !== request.params.user;
	response.send(`${request.ntlm.DomainName}/${request.ntlm.UserName}`);
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
