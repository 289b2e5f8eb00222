# SPDX-License-Identifier: MIT
# Completion of perfev for fish. What there is comes from perfev itself: subcommands and options from
# its --help, events from perfev list. So nothing is to be done here for a new option: what its
# argument is, is told by the word that stands for it (EVENTS, FILE, PIDS, or one that --help lists).

# The options of a help text, one on a line: name, word of its argument, description, by tabs. The
# word begins with '=' where an argument may only stand behind that.
function __perfev_options
    for line in $argv
        set -l found (string match -r '^ +(-.*?)(?:  +(.*))?$' -- $line)
        or continue
        set -l word (string match -r ' ([A-Z\'.].*)$' -- $found[2])
        for part in (string split , -- $found[2])
            set part (string split ' ' -- (string trim -- $part))
            set -l own (string match -r '^(.*)\[(=.*)\]$' -- $part[1])
            if test -n "$own"
                printf '%s\t%s\t%s\n' $own[2] $own[3] "$found[3]"
            else
                printf '%s\t%s\t%s\n' $part[1] "$word[2]" "$found[3]"
            end
        end
    end
end

# What an option's argument is: the word behind its name.
function __perfev_argument
    for line in (__perfev_options $argv[2..-1])
        set -l fields (string split \t -- $line)
        if test "$fields[1]" = "$argv[1]"
            echo $fields[2]
            return
        end
    end
end

# The values that a help text lists behind "WORD: ".
function __perfev_values
    set -l inside
    for line in $argv[2..-1]
        if string match -q "$argv[1]: *" -- $line
            set inside 1
            set line (string replace -r '^[^:]*: ' '' -- $line)
        end
        test -n "$line"; or set inside
        test -n "$inside"; and string match -ra '[^, ]+' -- $line
    end
end

# Completes an argument by the word that stands for it: __perfev_word WORD TEXT HELP...
function __perfev_word
    switch $argv[1]
        case EVENT EVENTS '*PATTERN*'
            set -l head (string match -r '^.*[,{}]' -- $argv[2])
            set -l tail (string replace -r '^.*[,{}]' '' -- $argv[2])
            printf "$head[1]%s\n" (perfev list --names "$tail*" 2>/dev/null)
        case PID PIDS TID TIDS
            set -l head (string match -r '^.*,' -- $argv[2])
            printf "$head[1]%s\n" (__fish_complete_pids)
        case FILE
            __fish_complete_path $argv[2]
        case FOLDER
            __fish_complete_directories $argv[2]
        case '*'
            set -l head (string match -r '^.*,' -- $argv[2])
            set -l values (__perfev_values $argv[1] $argv[3..-1])
            test -n "$values"; and printf "$head[1]%s\n" $values
    end
end

function __perfev_complete
    set -l words (commandline -opc)
    set -l text (commandline -ct)
    if test (count $words) -eq 1
        perfev --help 2>/dev/null | string replace -rf '^  ([a-z-]+) +(.*)$' '$1\t$2'
        printf '%s\n' --help --version
        return
    end
    set -l help (perfev $words[2] --help 2>/dev/null)
    or return
    string match -q '*PROGRAM*' -- "$help"; and set -l runs 1; or set -l runs 0
    # Walks over what is written to see what stands at the end.
    set -l word
    set -l ended 0
    for at in (seq 3 (count $words))
        if test -n "$word"
            set word
        else if test $ended = 1; or not string match -qr '^-.' -- $words[$at]
            if test $runs = 1
                # Behind a program, all is its own.
                complete -C (string escape -- $words[$at..-1] | string join ' ')" $text"
                return
            end
        else if test $words[$at] = --
            set ended 1
        else
            set word (string match -v '=*' -- (__perfev_argument $words[$at] $help))
        end
    end
    if test -n "$word"
        __perfev_word "$word" "$text" $help
    else if test $ended = 0; and string match -qr '^--.*=' -- $text
        set -l parts (string split -m 1 = -- $text)
        set word (__perfev_argument $parts[1] $help)
        set word (string replace -r '^=' '' -- $word)
        printf "$parts[1]=%s\n" (__perfev_word "$word" "$parts[2]" $help)
    else if test $ended = 0; and string match -q -- '-*' $text
        for line in (__perfev_options $help)
            set -l fields (string split \t -- $line)
            printf '%s\t%s\n' $fields[1] $fields[3]
        end
    else if string match -q '*[FILE]*' -- "$help"
        __perfev_word FILE "$text"
    else if test $runs = 0
        __perfev_word PATTERN "$text" $help
    else
        __fish_complete_command
    end
end

complete -c perfev -f -a '(__perfev_complete)'
