// JSF and PrimeFaces: logs in, adds a note and changes it (partial responses), logs out.
module.exports = async (page, pause) => {
  await page.goto('/login.xhtml'); await pause();
  await page.fill('[id$=":u"]', 'admin');
  await page.fill('[id$=":p"]', 'Adm1nPassw0rd!');
  await page.click('button:has-text("Log in")'); await page.settle(); await pause();
  await page.fill('[id="f:t"]', 'first');
  await page.click('[id="f:add"]'); await page.settle(); await pause();
  await page.fill('[id="f:t"]', 'first, changed');
  await page.click('[id="f:chg"]'); await page.settle(); await pause();
  await page.click('button:has-text("Log out")'); await page.settle();
};
