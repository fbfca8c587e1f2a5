// Runs Postman collections with newman: a line of JSON on standard input names the files of one
// run, and "done" is printed when it has ended. NODE_PATH has the package newman.
const newman = require('newman');
const readline = require('readline');

const lines = readline.createInterface({input: process.stdin});
const waiting = [];
let busy = false;

function next() {
	const files = waiting.shift();

	if (!files || busy) return;
	busy = true;
	newman.run({...files, iterationCount: 1, insecure: true, timeout: 60000, timeoutRequest: 5000, reporters: []}, error => {
		console.log(error ? `failed: ${error.message.split('\n')[0]}` : 'done');
		busy = false;
		next();
	});
}

process.on('uncaughtException', error => {
	console.log(`failed: ${error.message.split('\n')[0]}`);
	busy = false;
	next();
});
lines.on('line', line => {
	waiting.push(JSON.parse(line));
	next();
});
