package io.aerodb.storage.access;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;

/** The columns of the tables, from left to right. */
enum Caller {
    NO_TOKEN {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.anonymously();
        }
    },
    ANON {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.as(gateway.tokens().anonymous());
        }
    },
    A {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.asUser(cast.a());
        }
    },
    B {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.asUser(cast.b());
        }
    },
    OWNER {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.asUser(cast.owner());
        }
    },
    SERVICE {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.asService();
        }
    },
    EXPIRED {
        @Override
        Api on(Gateway gateway, Cast cast) {
            return gateway.as(gateway.tokens().expired(cast.owner()));
        }
    };

    abstract Api on(Gateway gateway, Cast cast);

    /** Who is who: ids of users. */
    record Cast(String a, String b, String owner) {}
}
