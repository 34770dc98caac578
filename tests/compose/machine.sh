#!/bin/sh
# Be, in the namespaces we were started in, a machine that has nothing but Docker: the
# folder $1 with $2 as its /srv.
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount --bind "$2" srv
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
ip link set lo up
mkdir -p old
# not chroot: a container's root is changed in this way, too, and that not in a chroot
pivot_root . old
umount -l old
exec dockerd --data-root=/srv/docker --exec-opt=native.cgroupdriver=cgroupfs
