// PocketBase: logs in to the dashboard, makes a record with a file, edits it.
module.exports = async (page, pause) => {
  await page.goto('/_/'); await page.waitForSelector('input[type=email], input[name=identity]'); await pause();
  await page.fill('input[type=email], input[name=identity]', 'admin@example.org');
  await page.fill('input[type=password]', 'Adm1nPassw0rd!');
  await page.click('button[type=submit]'); await page.waitForTimeout(1500);
  await page.click('.sidebar-content a:has-text("notes")'); await page.waitForTimeout(1200);

  const title = () => page.locator('.overlay-panel').getByLabel('title', { exact: false }).first();
  await page.click('button:has-text("New record")'); await page.waitForTimeout(1500);
  await title().fill('A record of the visit');
  await page.setInputFiles('.overlay-panel input[type=file]', {
    name: 'p.txt', mimeType: 'text/plain', buffer: Buffer.from('attached\n') });
  await page.click('.overlay-panel button:has-text("Create")'); await page.waitForTimeout(1500);

  await page.click('td:has-text("A record of the visit") >> nth=0'); await page.waitForTimeout(1000);
  await title().fill('A record of the visit, edited');
  await page.click('.overlay-panel button:has-text("Save changes") >> nth=0'); await page.waitForTimeout(1500);
};
