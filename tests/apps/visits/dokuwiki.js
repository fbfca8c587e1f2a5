// DokuWiki: logs in, edits a page (preview, save), opens the list of its versions, logs out.
module.exports = async (page, pause) => {
  await page.goto('/doku.php?id=start'); await pause();
  await page.click('li.login a'); await pause();
  await page.fill('input[name=u]', 'admin');
  await page.fill('input[name=p]', 'Adm1nPassw0rd!');
  await page.click('#dw__login button[type=submit]'); await page.settle(); await pause();

  await page.goto('/doku.php?id=playground:test&do=edit'); await pause();
  await page.fill('#wiki__text', 'A page of the visit ' + Date.now());
  await page.fill('#edit__summary', 'a first draft'); await pause();
  await page.click('#edbtn__preview'); await page.settle(); await pause();
  await page.click('#edbtn__save'); await page.settle(); await pause();

  await page.goto('/doku.php?id=playground:test&do=revisions'); await pause();
  await page.click('li.logout a'); await page.settle();
};
