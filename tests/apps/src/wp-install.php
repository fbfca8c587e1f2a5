<?php
// Installs WordPress in its new database: wp-install.php PORT PASSWORD, in the folder of WordPress.
$_SERVER['HTTP_HOST'] = '127.0.0.1:' . $argv[1];
$_SERVER['REQUEST_URI'] = '/';
// No mail is sent: this is WordPress's own function, replaced.
function wp_mail() {
    return true;
}
define('WP_INSTALLING', true);
require getcwd() . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('Bed', 'admin', 'admin@example.org', true, '', $argv[2]);
update_option('siteurl', 'http://127.0.0.1:' . $argv[1]);
update_option('home', 'http://127.0.0.1:' . $argv[1]);
update_option('comment_moderation', 0);
// As after the first visit of the dashboard, which tests once whether the server compresses scripts.
update_site_option('can_compress_scripts', 0);
switch_theme('twentytwentyone');
