<?php
// A site of WordPress itself: one question a line in, one answer a line out, each by a process of its own as on a web server.
//
// wordpress_site.php DATABASE CODE WORDPRESS

require __DIR__ . '/site.php';
[, $database, $code, $wordpress] = $argv;
$question = site_question();

$where = parse_url($database);
parse_str($where['query'] ?? '', $options);
$socket = isset($options['socket']) ? ":{$options['socket']}" : '';
define('DB_HOST', $where['host'] . (isset($where['port']) ? ":{$where['port']}" : '') . $socket);
define('DB_USER', $where['user']);
define('DB_PASSWORD', $where['pass'] ?? '');
define('DB_NAME', ltrim($where['path'], '/'));
define('DB_CHARSET', 'utf8mb4');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "key $name");
    define("{$name}_SALT", "salt $name");
}
define('ABSPATH', "$wordpress/");
define('WP_CONTENT_DIR', sys_get_temp_dir() . '/no-content');
define('WPMU_PLUGIN_DIR', ($question['page'] ?? false) ? $code : '/nonexistent');
define('DISABLE_WP_CRON', true);
define('WP_DEBUG', false);
define('SALTERN_COST', 4);
define('WP_SITEURL', 'http://site.test');
define('WP_HOME', 'http://site.test');
$_SERVER += ['HTTP_HOST' => 'site.test', 'REQUEST_METHOD' => 'GET', 'REMOTE_ADDR' => '127.0.0.1'];
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$table_prefix = 'wp_';
if ($question['do'] === 'install') {
    define('WP_INSTALLING', true);
}

// It mails to nobody and asks no server.
function wp_mail()
{
    return true;
}
require ABSPATH . 'wp-settings.php';
add_filter('pre_http_request', fn () => new WP_Error('off', 'no network'));
// As the page configures it; only a WordPress that hashes by bcrypt asks.
add_filter('wp_hash_password_options', fn () => ['cost' => 4]);

// As the form gives it: with slashes.
$log_in = fn ($login, $password) => is_wp_error(
    wp_signon(['user_login' => $login, 'user_password' => wp_slash($password)])
) ? 'out' : 'in';
$answer = match ($question['do']) {
    'install' => (function () use ($question) {
        require_once ABSPATH . 'wp-admin/includes/upgrade.php';
        wp_install('Site', 'root', 'root@site.test', false, '', 'the first');
        foreach ($question['people'] as $login) {
            wp_insert_user(['user_login' => $login, 'user_email' => "$login@site.test", 'user_pass' => 'x', 'role' => 'author']);
        }
        return 'made';
    })(),
    'log in' => $log_in($question['login'], $question['password']),
    'log all in' => site_log_in_all($question['people'], $log_in),
    'sign' => (function () use ($question) {
        $sent = '';
        add_action('set_logged_in_cookie', function ($cookie) use (&$sent) {
            $sent = $cookie;
        });
        $user = wp_signon(['user_login' => $question['login'], 'user_password' => wp_slash($question['password'])]);
        return is_wp_error($user) ? 'out' : $sent;
    })(),
    'check' => wp_validate_auth_cookie($question['signed'], 'logged_in') ? 'session goes on' : 'session ended',
    'cookie' => (function () use ($question) {
        $user = get_user_by('login', $question['login']);
        $token = WP_Session_Tokens::get_instance($user->ID)->create(time() + 3600);
        return wp_generate_auth_cookie($user->ID, time() + 3600, 'logged_in', $token);
    })(),
    'choose' => (function () use ($question) {
        wp_set_password(wp_slash($question['password']), get_user_by('login', $question['login'])->ID);
        return 'chosen';
    })(),
    'link' => get_password_reset_key(get_user_by('login', $question['login'])),
    'follow' => is_wp_error(check_password_reset_key($question['link'], $question['login'])) ? 'link dead' : 'link good',
    'application' => WP_Application_Passwords::create_new_application_password(
        get_user_by('login', $question['login'])->ID,
        ['name' => 'an app']
    )[0],
    'log in application' => (function () use ($question) {
        add_filter('application_password_is_api_request', '__return_true');
        add_filter('wp_is_application_passwords_available', '__return_true');
        $user = wp_authenticate_application_password(null, $question['login'], $question['password']);
        return $user instanceof WP_User ? 'in' : 'out';
    })(),
};
site_answer($answer);
