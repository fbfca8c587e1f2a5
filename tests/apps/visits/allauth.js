// django-allauth: signs up with a new name, adds a second address, logs out.
module.exports = async (page, pause) => {
  const name = 'visitor' + Date.now().toString(36);
  await page.goto('/accounts/signup/'); await pause();
  await page.fill('input[name=email]', `${name}@example.org`);
  await page.fill('input[name=username]', name);
  await page.fill('input[name=password1]', 'Vis1torPassw0rd!');
  await page.fill('input[name=password2]', 'Vis1torPassw0rd!');
  await page.click('form button[type=submit]'); await page.settle(); await pause();

  await page.goto('/accounts/email/'); await pause();
  await page.fill('input[name=email]:not([type=radio])', `${name}.two@example.org`);
  await page.click('button[name=action_add]'); await page.settle(); await pause();

  await page.goto('/accounts/logout/'); await pause();
  await page.click('form button[type=submit]'); await page.settle();
};
