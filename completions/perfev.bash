# SPDX-License-Identifier: MIT
# Completion of perfev for bash. What there is comes from perfev itself: subcommands and options from
# its --help, events from perfev list. So nothing is to be done here for a new option: what its
# argument is, is told by the word that stands for it (EVENTS, FILE, PIDS, or one that --help lists).

# The options of a help text, one on a line: "--output FILE", "--json ", and "--regs =REGS" where an
# argument may only stand behind '='.
_perfev_options() {
	local line word
	local -a all
	while IFS= read -r line; do
		[[ $line =~ ^' '+(-.*)$ ]] || continue
		line=${BASH_REMATCH[1]%%  *}
		IFS=, read -ra all <<<"$line"
		word=
		[[ $line == *' '[A-Z\'.]* ]] && word=${line##* }
		for line in "${all[@]}"; do
			line=${line# } line=${line%% *}
			if [[ $line == *'[='* ]]; then
				word=${line#*[}
				printf '%s %s\n' "${line%%[*}" "${word%]}"
			else
				printf '%s %s\n' "$line" "$word"
			fi
		done
	done <<<"$1"
}

# What an option's argument is: the word behind its name; nothing when it takes none.
_perfev_argument() {
	local name word found=
	while read -r name word; do
		[[ $name == "$1" ]] && found=$word
	done < <(_perfev_options "$2")
	printf '%s\n' "$found"
}

# The values that a help text lists behind "WORD: ".
_perfev_values() {
	local line inside=
	while IFS= read -r line; do
		[[ $line == "$1: "* ]] && inside=1 line=${line#*: }
		[[ $line ]] || inside=
		[[ $inside ]] && printf '%s\n' ${line//,/ }
	done <<<"$2"
}

# Fills COMPREPLY with what a text may become. head: the part of it before the last comma or brace;
# the rest are candidates. Those that differ in capitals count only if there are no others.
_perfev_offer() {
	local head=$1 tail=${2,,} one skip
	local -a exact=() other=()
	shift 2
	for one; do
		if [[ $one == "${cur#"$head"}"* ]]; then
			exact+=("$head$one")
		elif [[ ${one,,} == "$tail"* ]]; then
			other+=("$head$one")
		fi
	done
	[[ ${exact[*]} ]] || exact=("${other[@]}")
	# readline replaces only what stands behind the last ':' or '=', and no quotation mark.
	skip=$((${#cur} - ${#replaced}))
	for one in "${exact[@]}"; do
		COMPREPLY+=("${one:skip}")
	done
}

_perfev_events() {
	local tail=${cur##*[,\{\}]}
	local -a names
	mapfile -t names < <("$perfev" list --names "$tail*" 2>/dev/null)
	_perfev_offer "${cur%"$tail"}" "$tail" "${names[@]}"
	compopt -o nospace
}

# Completes an argument by the word that stands for it in the help text.
_perfev_word() {
	local tail=${cur##*,}
	local -a values
	case $1 in
	EVENT | EVENTS | *PATTERN*) _perfev_events ;;
	PID | PIDS | TID | TIDS)
		values=(/proc/[0-9]*)
		_perfev_offer "${cur%"$tail"}" "$tail" "${values[@]#/proc/}"
		compopt -o nospace
		;;
	FILE | FOLDER) compopt -o default ;;
	*)
		mapfile -t values < <(_perfev_values "$1" "$help")
		_perfev_offer "${cur%"$tail"}" "$tail" "${values[@]}"
		compopt -o nospace
		;;
	esac
}

# What stands where no option does: a program and its arguments, a file, or the patterns of a list.
_perfev_operand() {
	local -a names
	if [[ $help == *"[FILE]"* ]]; then
		_perfev_word FILE
	elif ((!runs)); then
		_perfev_word PATTERN
	elif ((!program)) && [[ $cur != */* ]]; then
		mapfile -t names < <(compgen -c -- "$cur")
		_perfev_offer "" "$cur" "${names[@]}"
	elif ((program)) && declare -F _command_offset >/dev/null; then
		# The package bash-completion knows the program's own.
		word=${words[program]}
		while [[ ${COMP_WORDS[program]} != "$word" ]]; do
			program+=1
		done
		_command_offset "$program"
	else
		compopt -o default
	fi
}

_perfev_subcommands() {
	local line
	while IFS= read -r line; do
		[[ $line =~ ^'  '([a-z-]+)' ' ]] && printf '%s\n' "${BASH_REMATCH[1]}"
	done < <("$perfev" --help 2>/dev/null)
}

_perfev() {
	local perfev=${1/#\~/$HOME} replaced=$2 line=${COMP_LINE:0:COMP_POINT} cur word help
	local -i ended=0 runs=0 program=0 i
	local -a words names
	COMPREPLY=()
	[[ $replaced == [:=] ]] && replaced=
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	((${#words[@]} > 1)) || return
	cur=${words[-1]}
	cur=${cur#[\"\']}
	if ((${#words[@]} == 2)); then
		mapfile -t names < <(_perfev_subcommands)
		_perfev_offer "" "$cur" "${names[@]}" --help --version
		return
	fi
	help=$("$perfev" "${words[1]}" --help 2>/dev/null) || return
	[[ $help == *PROGRAM* ]] && runs=1
	# Walks over what is written to see what stands at the end.
	for ((i = 2; i < ${#words[@]} - 1; i++)); do
		word=
		if [[ ${words[i]} != -?* ]] || ((ended)); then
			# Behind a program, all is its own.
			((runs)) && ended=1 program=i && break
		elif [[ ${words[i]} == -- ]]; then
			ended=1
		else
			word=$(_perfev_argument "${words[i]}" "$help")
			[[ $word == =* ]] && word=
			[[ $word ]] && i+=1
		fi
	done
	if ((program)); then
		_perfev_operand
	elif ((i == ${#words[@]})); then
		_perfev_word "$word"
	elif [[ $cur == --*=* ]] && ((!ended)); then
		word=$(_perfev_argument "${cur%%=*}" "$help")
		cur=${cur#*=}
		_perfev_word "${word#=}"
	elif [[ $cur == -* ]] && ((!ended)); then
		mapfile -t names < <(_perfev_options "$help")
		_perfev_offer "" "$cur" "${names[@]%% *}"
	else
		_perfev_operand
	fi
}
complete -F _perfev perfev
