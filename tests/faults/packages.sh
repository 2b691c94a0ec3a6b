# shellcheck shell=bash
# Sourced by the scripts of tests/faults/table/upgrades.py, on the host: packages of the archive, others made of them,
# and what has to be as it was afterwards. Nobody can be asked anything.
export DEBIAN_FRONTEND=noninteractive
store=/var/tmp/selfhost-mail-packages
before=/run/selfhost-mail-packages
units=(postgresql@17-main dovecot opendkim postfix)
mkdir -p "$store" "$before"
cd "$store" || exit

installed() { dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | awk '$1 == "ii" {print $2}'; }

# archive PACKAGE...: the archive's own
archive() {
  local package
  for package in "$@"; do
    [ ! -e "$package.deb" ] || continue
    apt-get --quiet=2 download "$package" >/dev/null 2>&1
    mv "${package}"_*.deb "$package.deb"
  done
}

# make SUFFIX PACKAGE...: the archive's under another version, each configuration file with one more line
make() {
  local suffix=$1 package version file
  shift
  archive "$@"
  mkdir -p "made$suffix"
  for package in "$@"; do
    rm -rf tree
    dpkg-deb --raw-extract "$package.deb" tree
    version=$(dpkg-deb --field "$package.deb" Version)
    sed -i "s/^Version: .*/&$suffix/; s/= $version)/= $version$suffix)/g" tree/DEBIAN/control
    for file in $(grep -s '^/' tree/DEBIAN/conffiles) $(cd tree && find ./usr/share/dovecot -name '*.conf*' 2>/dev/null); do
      echo "# $suffix" >>"tree/$file"
    done
    [ "$(type -t also)" != function ] || also "$package"
    dpkg-deb --build -Znone tree "made$suffix/$package.deb" >/dev/null
  done
}

debs() { # debs FOLDER PACKAGE...
  local folder=$1
  shift
  printf '%s.deb\n' "${@/#/$folder/}"
}

files() {
  find /etc/postfix /etc/dovecot/*.* /etc/opendkim /etc/opendkim.conf /etc/postgresql /etc/systemd/system/*.d \
    -type f ! -path '/etc/dovecot/conf.d/*' ! -name '*.distrib' ! -name '*.proto' ! -name postfix-files ! -name '*.ucf-*' ! -name '*.dpkg-*' | sort
}
ports() { ss --no-header --listening --tcp --numeric | awk '{print $4}' | sort -u; }

# How it is now; `compare` says what has changed since.
remember() {
  files | xargs sha256sum >"$before/files"
  ports >"$before/ports"
}

# What of their programs and libraries the processes of a unit still run, though others are installed now.
outdated() {
  local main
  main=$(systemctl show --property=MainPID --value "$1")
  for process in $main $(pgrep --parent "$main"); do
    awk '$2 ~ /x/ && $6 ~ /^\/usr\// && $7 == "(deleted)" {print $6}' "/proc/$process/maps" 2>/dev/null
  done | sort -u
}

compare() {
  local unit file
  sha256sum --quiet --check "$before/files" 2>/dev/null || :
  diff "$before/ports" <(ports) || :
  dpkg --audit
  for unit in "${units[@]}"; do
    systemctl is-active --quiet "$unit" || echo "$unit is not running"
    [ "$(systemctl show --property=NeedDaemonReload --value "$unit")" = no ] || echo "$unit: systemd has not read its files"
    systemctl show --property=DropInPaths "$unit" | grep -q selfhost-mail.conf || echo "$unit lacks our settings"
    for file in $(outdated "$unit"); do echo "$unit runs another $file than the installed one"; done
  done
}

forbid_restarts() {
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
}
permit_restarts() { rm /usr/sbin/policy-rc.d; }
