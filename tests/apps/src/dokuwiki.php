<?php
// Makes DokuWiki use the configuration in the folder DATA.
define('DOKU_CONF', getenv('DATA') . '/conf/');
define('DOKU_MAIN_CONF', DOKU_CONF);
