<?php
// A site whose login is the code of docs/integrations/php.md: one question a line in, one answer a line out.
//
// php_site.php DATABASE CODE plain|laravel|symfony

use Symfony\Component\PasswordHasher\Hasher\MigratingPasswordHasher;
use Symfony\Component\PasswordHasher\Hasher\NativePasswordHasher;

[, $database, $code, $kind] = $argv;
$db = new PDO("sqlite:$database", options: [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);

function row(PDO $db, string $login): array
{
    $row = $db->prepare('SELECT id, password FROM users WHERE login = ?');
    $row->execute([$login]);
    return $row->fetch(PDO::FETCH_ASSOC);
}

function replace(PDO $db, array $row, string $better): void
{
    $swap = $db->prepare('UPDATE users SET password = ? WHERE id = ? AND password = ?');
    $swap->execute([$better, $row['id'], $row['password']]);
}

if ($kind === 'laravel') {
    require_once '/usr/share/php/Illuminate/Hashing/autoload.php';
    require_once "$code/WrappedHasher.php";
    // As strict as Laravel is by default since version 11.
    $hasher = new WrappedHasher(['rounds' => 4, 'verify' => true]);
    $login = function (string $name, string $password) use ($db, $hasher): bool {
        $row = row($db, $name);
        if (!$hasher->check($password, $row['password'])) {
            return false;
        }
        if ($hasher->needsRehash($row['password'])) {
            replace($db, $row, $hasher->make($password));
        }
        return true;
    };
} elseif ($kind === 'symfony') {
    require_once '/usr/share/php/Symfony/Component/PasswordHasher/autoload.php';
    require_once "$code/WrappedPasswordHasher.php";
    $hasher = new MigratingPasswordHasher(new NativePasswordHasher(cost: 4), new WrappedPasswordHasher());
    $login = function (string $name, string $password) use ($db, $hasher): bool {
        $row = row($db, $name);
        if (!$hasher->verify($row['password'], $password)) {
            return false;
        }
        if ($hasher->needsRehash($row['password'])) {
            replace($db, $row, $hasher->hash($password));
        }
        return true;
    };
} else {
    require_once "$code/login.php";
    $login = fn (string $name, string $password): bool => login($db, $name, $password);
}

while (($line = fgets(STDIN)) !== false) {
    $question = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    echo $login($question['login'], $question['password']) ? 'in' : 'out', "\n";
}
