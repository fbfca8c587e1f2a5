// WordPress: logs in, writes a post in the block editor, comments on it, makes a quick draft, logs out.
module.exports = async (page, pause) => {
  await page.goto('/'); await pause();
  await page.goto('/wp-login.php'); await pause();
  await page.fill('#user_login', 'admin');
  await page.fill('#user_pass', 'Adm1nPassw0rd!');
  await page.click('#wp-submit'); await page.settle(); await pause();

  await page.goto('/wp-admin/post-new.php'); await page.settle(); await pause();
  const close = page.locator('button[aria-label="Close dialog"], button[aria-label="Close"]');
  if (await close.count()) await close.first().click();
  await page.locator('.editor-post-title__input, h1.wp-block-post-title').first().click();
  await page.keyboard.type('Load test post');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Hello from the recording.'); await pause();
  await page.click('button.editor-post-publish-panel__toggle, button.editor-post-publish-button__button');
  await pause();
  await page.click('.editor-post-publish-panel button.editor-post-publish-button');
  await page.waitForSelector('.post-publish-panel__postpublish'); await pause();

  await page.goto(await page.getAttribute('.post-publish-panel__postpublish-buttons a.components-button', 'href'));
  await pause();
  await page.fill('#comment', 'A comment by hand');
  await page.click('#submit'); await page.settle(); await pause();

  await page.goto('/wp-admin/'); await page.settle(); await pause();
  await page.fill('#quick-press #title', 'Quick draft');
  await page.fill('#quick-press #content', 'draft body');
  await page.click('#save-post'); await page.settle(); await pause();

  await page.goto('/wp-login.php?action=logout'); await pause();
  await page.click('a'); await page.settle();
};
