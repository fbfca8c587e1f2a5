// Wagtail: logs in, writes and publishes a page below the home page, looks at the list, logs out.
module.exports = async (page, pause) => {
  await page.goto('/admin/login/'); await pause();
  await page.fill('#id_username', 'admin');
  await page.fill('#id_password', 'Adm1nPassw0rd!');
  await page.click('button[type=submit]'); await page.settle(); await pause();

  await page.goto('/admin/pages/add/home/homepage/3/'); await page.settle(); await pause();
  await page.fill('#id_title', 'A page of the visit ' + Date.now()); await pause();
  await page.click('footer .w-dropdown button >> nth=0'); await pause();
  await page.click('button[name="action-publish"]'); await page.settle(); await pause();

  await page.goto('/admin/pages/3/'); await page.settle(); await pause();
  await page.click('.sidebar-footer__account'); await pause();
  await page.click('form[action*=logout] button'); await page.settle();
};
