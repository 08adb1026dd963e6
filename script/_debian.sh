# Fetch packages of another Debian release, without changing anything of the system. Sourced.

fetch_debian() { # WORK "SUITE ..." PACKAGE ...: unpack packages and all that they need into WORK/unpacked; the first suite is preferred
  local work=$1 suites=$2 tool mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg package suite
  shift 2
  for tool in apt-get dpkg-deb; do
    type -P "$tool" >/dev/null || { say "There is no $tool to fetch $1 with."; return 1; }
  done
  mkdir -p "$work"/{state/lists/partial,archives/partial,unpacked}
  touch "$work/no-packages" # apt believes the system is empty and so fetches every dependency
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "main" && $1 !~ /security|backports/ { print $1; exit }')
  [[ -n $mirror ]] || { say "apt has no Debian mirror to fetch $1 from."; return 1; }
  [[ -r $keyring ]] || { say "The package debian-archive-keyring is missing: apt-get install debian-archive-keyring"; return 1; }
  for suite in $suites; do echo "deb [signed-by=$keyring] $mirror $suite main"; done >"$work/sources.list"
  private_apt "$work" "${suites%% *}" update || return
  private_apt "$work" "${suites%% *}" --yes --download-only install "$@" || return
  for package in "$work"/archives/*.deb; do
    case ${package##*/} in ca-certificates_* | debconf_*) ;; *) dpkg-deb -x "$package" "$work/unpacked" ;; esac
  done
}

private_apt() { # WORK SUITE ARGUMENT ...
  local work=$1 suite=$2
  shift 2
  apt-get -qq \
    -o Dir::State="$work/state" -o Dir::State::status="$work/no-packages" -o Dir::Cache="$work" \
    -o Dir::Cache::archives="$work/archives" -o Dir::Etc::sourcelist="$work/sources.list" \
    -o Dir::Etc::sourceparts=- -o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=- \
    -o APT::Default-Release="$suite" -o APT::Install-Recommends=false -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o APT::Update::Post-Invoke-Success::= -o DPkg::Post-Invoke::= "$@" >>"$work/log" 2>&1 ||
    { tail -n 5 "$work/log" >&2; return 1; }
}
