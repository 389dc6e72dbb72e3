<?php
// A frontend of Zabbix itself, asked by its API: one question a line in, one answer a line out, each by a process of its own
// as on a web server.
//
// zabbix_site.php DATABASE CODE FOLDER:FRONTEND:SQL, where FOLDER gets two copies of the frontend: one is patched

require __DIR__ . '/site.php';
[, $database, $code, $folders] = $argv;
[$folder, $frontend, $sql] = explode(':', $folders);
$where = parse_url($database);
parse_str($where['query'] ?? '', $options);
foreach (['plain', 'page'] as $kind) {
    if (is_dir("$folder/$kind")) {
        continue;
    }
    mkdir("$folder/$kind", recursive: true);
    exec("cd $frontend && cp -r include conf vendor modules local app api_jsonrpc.php $folder/$kind 2>&1", $said, $status);
    // Debian's package has it in /etc.
    $file = "$folder/$kind/include/classes/core/CConfigFile.php";
    $text = file_get_contents($file);
    file_put_contents($file, str_replace('/etc/zabbix/zabbix.conf.php', "$folder/$kind/conf/zabbix.conf.php", $text));
    file_put_contents("$folder/$kind/conf/zabbix.conf.php", '<?php $DB = ' . var_export([
        'TYPE' => 'MYSQL',
        'SERVER' => $where['host'],
        'PORT' => $where['port'] ?? '0',
        'DATABASE' => ltrim($where['path'], '/'),
        'USER' => $where['user'],
        'PASSWORD' => $where['pass'] ?? '',
        'SCHEMA' => '',
        'ENCRYPTION' => false,
        'KEY_FILE' => '',
        'CERT_FILE' => '',
        'CA_FILE' => '',
        'VERIFY_HOST' => false,
        'CIPHER_LIST' => '',
        'VAULT_URL' => '',
        'VAULT_DB_PATH' => '',
        'VAULT_TOKEN' => '',
        'DOUBLE_IEEE754' => true,
    ], true) . ';');
}
exec("patch -s -d $folder/page -p1 <$code/zabbix.patch 2>&1", $said, $status);
if ($status !== 0) {
    fwrite(STDERR, implode("\n", $said));
    exit(1);
}
// The driver takes a socket where the host is localhost.
ini_set('mysqli.default_socket', $options['socket'] ?? '');

$question = site_question();

/** What the tables of users need of the schema and of its data. */
function make_tables(mysqli $db, string $sql, array $people): string
{
    $tables = ['config', 'users', 'usrgrp', 'users_groups', 'role', 'role_rule', 'sessions', 'auditlog', 'ids', 'dbversion', 'media', 'ha_node'];
    $read = fn (string $name) => gzdecode(file_get_contents("$sql/$name.sql.gz"));
    preg_match_all('~^CREATE TABLE `(\w+)` .*?^\) ENGINE=InnoDB;~ms', $read('schema'), $made, PREG_SET_ORDER);
    foreach ($made as [$create, $table]) {
        if (in_array($table, $tables)) {
            $db->query($create);
        }
    }
    foreach (explode("\n", $read('schema') . $read('data')) as $line) {
        if (preg_match('~^INSERT INTO `?(\w+)`? ~', $line, $part) && in_array($part[1], $tables)) {
            $db->query($line);
        }
    }
    // As the page says.
    $db->query("ALTER TABLE users MODIFY passwd varchar(255) DEFAULT '' NOT NULL");
    foreach ($people as $number => $name) {
        $id = 10 + $number;
        $db->query("INSERT INTO users (userid, username, passwd, roleid) VALUES ($id, '$name', '', 3)");
        $db->query("INSERT INTO users_groups (id, usrgrpid, userid) VALUES ($id, 7, $id)");
    }
    // Tests fail to log in on purpose.
    $db->query('UPDATE config SET login_attempts = 32');
    return 'made';
}

if ($question['do'] === 'make tables') {
    $db = new mysqli($where['host'], $where['user'], $where['pass'] ?? '', ltrim($where['path'], '/'));
    $db->set_charset('utf8mb4');
    site_answer(make_tables($db, $sql, $question['people']));
}

$root = "$folder/" . (($question['page'] ?? false) ? 'page' : 'plain');
chdir($root);
$_SERVER += ['REQUEST_METHOD' => 'POST', 'REMOTE_ADDR' => '127.0.0.1', 'HTTP_HOST' => 'site.test', 'SERVER_ADDR' => '127.0.0.1'];
$_SERVER['CONTENT_TYPE'] = 'application/json';
ob_start();
require_once "$root/include/func.inc.php";
require_once "$root/include/classes/core/CHttpRequest.php";
require_once "$root/include/classes/core/APP.php";
APP::getInstance()->run(APP::EXEC_MODE_API);
$client = API::getWrapper()->getClient();
API::setWrapper();

function ask($client, string $method, array $params, ?string $session = null): array
{
    $asked = ['jsonrpc' => '2.0', 'method' => $method, 'params' => $params, 'id' => 1];
    if ($session !== null) {
        $asked['auth'] = $session;
    }
    return json_decode((new CJsonRpc($client, json_encode($asked)))->execute(), true);
}

$login = fn ($name, $password) => ask($client, 'user.login', ['username' => $name, 'password' => $password]);
$refused = 'Incorrect user name or password or account is temporarily blocked.';
$log_in = function ($name, $password) use ($login, $refused) {
    DB::update('users', ['values' => ['attempt_failed' => 0], 'where' => ['attempt_failed' => range(1, 32)]]);
    $said = $login($name, $password);
    return isset($said['result']) ? 'in' : ($said['error']['data'] === $refused ? 'out' : json_encode($said));
};
$answer = match ($question['do']) {
    'log in' => $log_in($question['login'], $question['password']),
    'log all in' => site_log_in_all($question['people'], $log_in),
    'sign' => $login($question['login'], $question['password'])['result'] ?? 'out',
    'check' => isset(ask($client, 'user.checkAuthentication', ['sessionid' => $question['signed']])['result'])
        ? 'session goes on' : 'session ended',
};
ob_end_clean();
site_answer($answer);
