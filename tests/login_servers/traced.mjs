// node traced.mjs COLLECTOR-URL: a server with the OpenTelemetry SDK, which sends its spans to a collector. /bad
// responds with 500. Prints its port.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

const sdk = new NodeSDK({
	serviceName: 'shop',
	traceExporter: new OTLPTraceExporter({ url: `${process.argv[2]}/v1/traces` }),
	instrumentations: [new HttpInstrumentation()],
});
sdk.start();
const http = require('node:http');
const server = http.createServer((request, response) => {
	if (request.url === '/flush')
		return sdk.shutdown().then(() => response.end());
	response.statusCode = request.url.startsWith('/bad') ? 500 : 200;
	response.end('done');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
