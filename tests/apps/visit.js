// visit.js NAME URL har FILE | proxy PORT: performs visits/NAME.js in Chromium, and writes the
// browser's own HAR to FILE or uses the recorder at PORT. NODE_PATH must have playwright-core.
// A visit is a function of the page and of pause(), which is the time that a person needs to read.
const { chromium } = require('playwright-core');

const [name, base, way, where] = process.argv.slice(2);
const visit = require(`./visits/${name}.js`);

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'];
const VISIT_LIMIT_MS = 240000;
const ACTION_LIMIT_MS = 40000;

async function main() {
  // Without this bypass rule, Chromium does not use a proxy for loopback addresses.
  const proxy = way === 'proxy' ? { server: `http://127.0.0.1:${where}`, bypass: '<-loopback>' } : undefined;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, proxy });
  const limit = setTimeout(() => { console.error('the visit takes too long'); browser.close(); }, VISIT_LIMIT_MS);
  try {
    const recordHar = way === 'har' ? { path: where, mode: 'full', content: 'embed' } : undefined;
    const context = await browser.newContext({ baseURL: base, recordHar, ...visit.options });
    const page = await context.newPage();
    page.setDefaultTimeout(ACTION_LIMIT_MS);
    // The page after a click: all of its requests have ended.
    page.settle = () => page.waitForLoadState('networkidle');
    try {
      await visit(page, () => page.waitForTimeout(400 + Math.random() * 400));
    } catch (error) {
      console.error(`at ${page.url()}: ${(await page.locator('body').innerText().catch(() => '')).slice(0, 2000)}`);
      throw error;
    } finally {
      await context.close();
    }
  } finally {
    clearTimeout(limit);
    await browser.close();
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
