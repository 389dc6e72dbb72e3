<?php
// A wiki of MediaWiki itself: one question a line in, one answer a line out, each by a process of its own as on a web server.
//
// mediawiki_site.php DATABASE CODE MEDIAWIKI

require __DIR__ . '/site.php';
[, $database, $code, $mediawiki] = $argv;
$question = site_question();

$where = parse_url($database);
parse_str($where['query'] ?? '', $options);
$settings = [
    'wgDBtype' => 'mysql',
    'wgDBserver' => $where['host'] . (isset($options['socket']) ? ":{$options['socket']}" : ":{$where['port']}"),
    'wgDBname' => ltrim($where['path'], '/'),
    'wgDBuser' => $where['user'],
    'wgDBpassword' => $where['pass'] ?? '',
    'wgDBTableOptions' => 'ENGINE=InnoDB, DEFAULT CHARSET=binary',
    'wgServer' => 'http://wiki.test',
    'wgScriptPath' => '',
    'wgSitename' => 'Wiki',
    'wgSecretKey' => 'a secret key',
    'wgUpgradeKey' => 'an upgrade key',
    'wgMainCacheType' => 0,
    'wgSessionCacheType' => 1,
    'wgLanguageCode' => 'en',
    'wgCacheDirectory' => sys_get_temp_dir() . '/saltern-mediawiki',
    'wgLocalisationCacheConf' => [
        'class' => 'LocalisationCache',
        'store' => 'array',
        'storeClass' => false,
        'storeDirectory' => false,
        'storeServer' => [],
        'forceRecache' => false,
        'manualRecache' => false,
    ],
    // Tests fail to log in on purpose.
    'wgPasswordAttemptThrottle' => [],
    'wgEnableEmail' => false,
];
if (!($question['page'] ?? false)) {
    // A wiki of today that has its own values of Argon2.
    $settings['wgPasswordDefault'] = 'argon2';
}
$GLOBALS['settings_of_the_site'] = $settings;
$local = "$code/settings-" . getmypid() . '.php';
file_put_contents($local, '<?php foreach ($GLOBALS["settings_of_the_site"] as $name => $value) { $$name = $value; }'
    . (($question['page'] ?? false) ? ' require ' . var_export("$code/LocalSettings.end.php", true) . ';' : '')
    // As cheap as the test's target.
    . ' $wgPasswordConfig["argon2"] = ["class" => "Argon2Password", "algo" => "argon2id", "memory_cost" => 64, "time_cost" => 1, "threads" => 1];');
define('MW_CONFIG_FILE', $local);
$argv = $_SERVER['argv'] = ['site'];
require_once "$mediawiki/maintenance/Maintenance.php";

class Site extends Maintenance
{
    public function execute()
    {
        global $question;
        unlink(MW_CONFIG_FILE);
        site_answer($this->answer($question));
    }

    private function answer(array $question): string
    {
        $services = MediaWiki\MediaWikiServices::getInstance();
        switch ($question['do']) {
            case 'make tables':
                $db = $services->getDBLoadBalancer()->getConnection(DB_PRIMARY);
                $failed = $db->sourceFile("$GLOBALS[mediawiki]/maintenance/tables-generated.sql");
                foreach ($question['people'] as $name) {
                    User::createNew(ucfirst($name));
                }
                return $failed === true ? 'made' : $failed;
            case 'log in':
                return $this->logIn($question['login'], $question['password']);
            case 'log all in':
                return site_log_in_all($question['people'], $this->logIn(...));
            case 'sign':
                return MediaWiki\Session\UserInfo::newFromName(ucfirst($question['login']))->getToken();
        }
        return 'no such question';
    }

    private function logIn(string $login, string $password): string
    {
        $request = new MediaWiki\Auth\PasswordAuthenticationRequest();
        $request->action = MediaWiki\Auth\AuthManager::ACTION_LOGIN;
        $request->username = $login;
        $request->password = $password;
        $manager = MediaWiki\MediaWikiServices::getInstance()->getAuthManager();
        // As the next visitor begins.
        $manager->getRequest()->getSession()->clear();
        $said = $manager->beginAuthentication([$request], 'http://wiki.test/');
        DeferredUpdates::doUpdates();
        // UI: the password was right, and another must be chosen.
        return match ($said->status) {
            'PASS' => 'in',
            'UI' => 'must choose',
            'FAIL' => 'out',
        };
    }
}

$maintClass = Site::class;
require_once RUN_MAINTENANCE_IF_MAIN;
