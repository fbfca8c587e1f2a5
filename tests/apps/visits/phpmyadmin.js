// phpMyAdmin: logs in, inserts a row, opens the table, logs out.
module.exports = async (page, pause) => {
  await page.goto('/index.php'); await pause();
  await page.fill('#input_username', 'app');
  await page.fill('#input_password', 'apppw');
  await page.click('#input_go'); await page.settle(); await pause();

  await page.goto('/index.php?route=/table/change&db=bed&table=notes'); await page.settle(); await pause();
  await page.fill('#field_2_3', 'a note');
  await page.click('#buttonYes, input[type=submit][value=Go]'); await page.settle(); await pause();

  await page.goto('/index.php?route=/sql&db=bed&table=notes&pos=0'); await page.settle(); await pause();
  await page.click('a.logout, a:has(img[title="Log out"])'); await page.settle();
};
