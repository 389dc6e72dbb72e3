<?php
// PostfixAdmin itself, with and without the patch of its page: one question a line in, one answer a line out, each by a
// process of its own as on a web server.
//
// postfixadmin_site.php DATABASE CODE FOLDER:POSTFIXADMIN:CONFIG, where FOLDER gets two copies of it

require __DIR__ . '/site.php';
[, $database, $code, $folders] = $argv;
[$folder, $own, $config] = explode(':', $folders);
foreach (['plain', 'page'] as $kind) {
    mkdir("$folder/$kind");
    exec("cp -r $own/common.php $own/functions.inc.php $own/languages $own/model $folder/$kind && cp $config $folder/$kind");
    file_put_contents("$folder/$kind/config.local.php", '<?php ' . implode("\n", [
        '$CONF["configured"] = true;',
        '$CONF["database_type"] = "sqlite";',
        '$CONF["database_name"] = ' . var_export($database, true) . ';',
        // As the page says, and cheaper; before the run as an old site has it.
        '$CONF["encrypt"] = getenv("SITE_ENCRYPT");',
    ]));
}
foreach (['plain', 'page'] as $kind) {
    // Debian's package makes it when it is installed.
    file_put_contents("$folder/$kind/dbconfig.inc.php", '<?php $dbuser = $dbpass = $dbname = $dbserver = $dbport = $basepath = ""; $dbtype = "sqlite3";');
}
copy("$code/saltern.php", "$folder/page/saltern.php");
exec("patch -s -d $folder/page -p1 <$code/postfixadmin.patch 2>&1", $said, $status);
if ($status !== 0) {
    fwrite(STDERR, implode("\n", $said));
    exit(1);
}

$question = site_question();

putenv('SITE_ENCRYPT=' . ($question['encrypt'] ?? 'php_crypt:BLOWFISH:4'));
define('POSTFIXADMIN_CLI', 1);
$root = "$folder/" . (($question['page'] ?? false) ? 'page' : 'plain');
$_SERVER += ['REMOTE_ADDR' => '127.0.0.1', 'REQUEST_METHOD' => 'POST'];
chdir($root);
require "$root/common.php";
$log_in = fn ($login, $password) => (new Login('mailbox'))->login($login, $password) ? 'in' : 'out';
site_answer(isset($question['people'])
    ? site_log_in_all($question['people'], $log_in)
    : $log_in($question['login'], $question['password']));
