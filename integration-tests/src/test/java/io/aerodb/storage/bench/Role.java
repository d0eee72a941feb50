package io.aerodb.storage.bench;

import java.util.EnumSet;
import java.util.Set;

/** The parts that contestants play. */
enum Role {
    DURABLE("gateway"),
    RELAXED("gateway, no fsync"),
    SECURE("gateway, TLS"),
    NGINX("nginx"),
    S3PROXY("S3Proxy"),
    PEER("peer");

    static final Set<Role> UPLOADS = EnumSet.of(DURABLE, RELAXED, NGINX, S3PROXY, PEER);
    static final Set<Role> DOWNLOADS = EnumSet.of(DURABLE, NGINX, S3PROXY, PEER);
    static final Set<Role> OVER_TLS = EnumSet.of(SECURE, NGINX);
    static final Set<Role> OURS = EnumSet.of(DURABLE);
    static final Set<Role> OURS_RELAXED = EnumSet.of(DURABLE, RELAXED);
    static final Set<Role> BASELINES = EnumSet.of(NGINX, S3PROXY, PEER);

    final String title;

    Role(String title) {
        this.title = title;
    }
}
