#!/bin/bash
# Makes the system of the image in a folder: of Debian the packages that Node.js and the native addons link to and jemalloc,
# in their newest version, then Node.js. No shell, no package manager, nothing that runs as another user.
#   system.sh FOLDER
set -euo pipefail
root=$1
packages='base-files gcc-12-base libc6 libgcc-s1 libjemalloc2 libstdc++6'

# Debian links these four to /usr; a package may still name a file by either.
mkdir -p "$root/usr/lib" "$root/usr/lib64" "$root/usr/bin" "$root/usr/sbin"
for folder in bin lib lib64 sbin; do ln -s "usr/$folder" "$root/$folder"; done

downloads=$(mktemp -d)
cd "$downloads"
apt-get update -qq
# shellcheck disable=SC2086 # the packages are words
apt-get download -qq -o APT::Sandbox::User=root $packages

# Nothing here converts character sets, debugs or reads documentation; licences stay. What is left of each package is
# listed as dpkg does it, for scanners and for whoever asks where a file comes from.
info=$root/var/lib/dpkg/info
mkdir -p "$info"
for archive in *.deb; do
  package=$(dpkg-deb --field "$archive" Package)
  dpkg-deb --fsys-tarfile "$archive" | tar -xv -C "$root" --keep-directory-symlink \
    --exclude='./usr/lib/*/gconv' --exclude='./usr/share/gcc' --exclude='./usr/share/gdb' \
    --exclude='./usr/share/lintian' --exclude='./usr/share/base-files' --exclude='./etc/update-motd.d' \
    --exclude='./usr/share/doc/*/[!c]*' --exclude='./usr/share/doc/*/changelog*' \
    --exclude='./var/local' --exclude='./var/lock' --exclude='./var/tmp' \
    | sed -e 's:^\.::' -e 's:/$::' -e 's:^$:/.:' >"$info/$package.list"
  dpkg-deb --field "$archive" | sed 's/^Package: .*/&\nStatus: install ok installed/' >>"$root/var/lib/dpkg/status"
  echo >>"$root/var/lib/dpkg/status"
done
rm -rf "$downloads"

echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/root:/usr/sbin/nologin\nnode:x:1000:1000::/nonexistent:/usr/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"

install -D /usr/local/bin/node "$root/usr/local/bin/node"
if [ -f /usr/local/LICENSE ]; then install -D -m 644 /usr/local/LICENSE "$root/usr/local/LICENSE"; fi
