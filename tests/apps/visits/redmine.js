// Redmine: logs in, makes an issue with a file, adds a note to it, opens the list, logs out.
module.exports = async (page, pause) => {
  await page.goto('/'); await pause();
  await page.click('a.login'); await page.settle(); await pause();
  await page.fill('#username', 'admin');
  await page.fill('#password', 'Adm1nPassw0rd!');
  await page.click('#login-submit'); await page.settle(); await pause();

  await page.goto('/projects/demo/issues/new'); await page.settle(); await pause();
  await page.fill('#issue_subject', 'A ticket of the visit');
  await page.fill('#issue_description', 'with a description');
  await page.setInputFiles('input[name="attachments[dummy][file]"]', {
    name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('attached text\n') });
  await page.settle(); await pause();
  await page.click('input[name=commit]'); await page.settle(); await pause();

  await page.click('a.icon-edit >> nth=0'); await pause();
  await page.fill('#issue_notes', 'A comment');
  await page.click('#issue-form input[name=commit]'); await page.settle(); await pause();

  await page.goto('/projects/demo/issues'); await page.settle(); await pause();
  await page.click('a.logout'); await page.settle();
};
