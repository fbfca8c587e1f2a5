// Flask-AppBuilder: logs in, adds a contact, edits the newest one of the list, logs out.
module.exports = async (page, pause) => {
  await page.goto('/login/'); await pause();
  await page.fill('#username', 'admin');
  await page.fill('#password', 'Adm1nPassw0rd!');
  await page.click('input[type=submit]'); await page.settle(); await pause();

  await page.goto('/cv/add'); await pause();
  await page.fill('#name', 'A contact');
  await page.fill('#note', 'by the visit');
  await page.click('button[type=submit]'); await page.settle(); await pause();

  await page.goto('/cv/list/?_oc_ContactView=id&_od_ContactView=desc'); await pause();
  await page.click('a[href*="/cv/edit/"] >> nth=0'); await page.settle(); await pause();
  await page.fill('#note', 'by the visit, edited');
  await page.click('button[type=submit]'); await page.settle(); await pause();
  await page.goto('/logout/'); await page.settle();
};
