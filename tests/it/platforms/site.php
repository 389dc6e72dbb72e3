<?php
// What every site of PHP begins with: one question a line in, one answer a line out, each by a process of its own as on a web
// server.

/** How a process ends that has answered. */
const ANSWERED = 7;

ini_set('display_errors', 'stderr');

/** The next question, in a process of its own. */
function site_question(): array
{
    while (($line = fgets(STDIN)) !== false) {
        if (pcntl_fork() === 0) {
            return json_decode($line, true, flags: JSON_THROW_ON_ERROR);
        }
        pcntl_wait($status);
        if (pcntl_wexitstatus($status) !== ANSWERED) {
            exit(1);
        }
    }
    exit;
}

/** Answers it. */
function site_answer(string $answer): never
{
    fwrite(STDOUT, "$answer\n");
    exit(ANSWERED);
}

/** Logs everybody in, one after the other. */
function site_log_in_all(array $people, callable $log_in): string
{
    return implode(' ', array_map(fn ($one) => $log_in($one[0], $one[1]), $people));
}
