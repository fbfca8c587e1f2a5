// Keycloak: opens the account console (OpenID Connect with PKCE), logs in, changes a name, logs out.
module.exports = async (page, pause) => {
  const account = '/realms/demo/account';
  await page.goto(account + '/'); await page.waitForSelector('#username'); await pause();
  await page.fill('#username', 'visitor');
  await page.fill('#password', 'Vis1torPassw0rd!');
  await page.click('#kc-login'); await page.waitForSelector('#firstName'); await pause();
  await page.fill('#firstName', 'Vio');
  await page.click('button[type=submit], #save-btn'); await page.waitForTimeout(1500);
  await page.goto(account + '/account-security/device-activity'); await page.waitForTimeout(2500);
  await page.click('[data-testid=options-toggle], button:has-text("Sitor")'); await pause();
  await page.click('text=Sign out >> nth=0'); await page.waitForTimeout(2000);
};
