// Django admin: logs in, adds a note with a photo and a line, edits it, searches, logs out.
module.exports = async (page, pause) => {
  await page.goto('/admin/'); await pause();
  await page.fill('#id_username', 'admin');
  await page.fill('#id_password', 'Adm1nPassw0rd!');
  await page.click('input[type=submit]'); await page.settle(); await pause();

  await page.click('a.addlink[href*="notes/note"]'); await page.settle(); await pause();
  await page.fill('#id_title', 'A note of the visit');
  await page.fill('#id_body', 'two lines\nof text');
  await page.click('.datetimeshortcuts a >> nth=0');
  await page.click('.datetimeshortcuts a:has-text("Now")');
  await page.setInputFiles('#id_photo', {
    name: 'p.png', mimeType: 'image/png',
    buffer: Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex') });
  await page.fill('#id_line_set-0-text', 'first line'); await pause();
  await page.click('input[name=_continue]'); await page.settle(); await pause();

  await page.fill('#id_title', 'A note of the visit, edited');
  await page.fill('#id_line_set-1-text', 'second line');
  await page.click('input[name=_save]'); await page.settle(); await pause();

  await page.fill('#searchbar', 'edited');
  await page.click('#changelist-search input[type=submit]'); await page.settle(); await pause();
  await page.click('#logout-form button'); await page.settle();
};
