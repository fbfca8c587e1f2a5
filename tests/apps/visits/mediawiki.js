// MediaWiki: logs in, adds a section to a talk page, opens its history, searches, logs out.
module.exports = async (page, pause) => {
  await page.goto('/index.php/Main_Page'); await pause();
  await page.click('text=Log in'); await page.settle(); await pause();
  await page.fill('#wpName1', 'Admin');
  await page.fill('#wpPassword1', 'Adm1nPassw0rd!');
  await page.click('#wpLoginAttempt'); await page.settle(); await pause();

  await page.goto('/index.php?title=Talk:Sandbox&action=edit&section=new'); await page.settle(); await pause();
  await page.fill('#wpTextbox1', 'Some text of the sandbox');
  await page.fill('#wpSummary', 'load test section'); await pause();
  await page.click('#wpSave'); await page.settle(); await pause();

  await page.goto('/index.php?title=Talk:Sandbox&action=history'); await pause();
  await page.goto('/index.php?title=Special:Search&search=sandbox'); await pause();
  await page.goto('/index.php/Special:UserLogout'); await pause();
  await page.click('.mw-htmlform-submit button, .mw-htmlform button[type=submit]'); await page.settle();
};
