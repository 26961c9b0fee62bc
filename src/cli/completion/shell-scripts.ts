// The scripts that enable completion in each shell.

/** The script of each supported shell, by its name. */
export const SHELLS: { readonly [shell: string]: string } = {
  bash: `_lockstep() {
  local IFS=$'\\n' cur
  cur="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(lockstep complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  # Bash splits words at colons; drop the part before the colon, which is already typed.
  if [[ "$cur" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    local before="\${cur%"\${cur##*:}"}" at
    for at in "\${!COMPREPLY[@]}"; do COMPREPLY[at]="\${COMPREPLY[at]#"$before"}"; done
  fi
  [[ "\${COMPREPLY[0]}" == *, || "\${COMPREPLY[0]}" == *' ' ]] && compopt -o nospace
}
complete -o default -F _lockstep lockstep`,
  zsh: `#compdef lockstep
_lockstep() {
  local -a found
  found=("\${(@f)$(lockstep complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found[1]" ]] && compadd -Q -- "\${(@)found}" || _files
}
compdef _lockstep lockstep`,
  fish: `function __lockstep
  set -l words (commandline -opc) (commandline -ct)
  lockstep complete -- $words[2..-1] 2>/dev/null
end
complete -c lockstep -a '(__lockstep)'`,
}
