// Trac: logs in (HTTP authentication), makes a ticket, comments on it, opens the list of tickets.
module.exports = async (page, pause) => {
  await page.goto('/trac/wiki'); await pause();
  await page.goto('/trac/login'); await pause();
  await page.goto('/trac/newticket'); await pause();
  await page.fill('#field-summary', 'A ticket of the visit');
  await page.fill('#field-description', 'described here'); await pause();
  await page.click('input[name=submit]'); await page.settle(); await pause();
  await page.fill('#comment', 'A comment');
  await page.click('input[name=submit]'); await page.settle(); await pause();
  await page.goto('/trac/query?status=!closed'); await page.settle();
};
module.exports.options = { httpCredentials: { username: 'admin', password: 'Adm1nPassw0rd!' } };
