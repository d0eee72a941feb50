package io.aerodb.storage.faults;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Cleanup;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A change of one or two objects: what there is before it, how it is asked for, and what there is afterwards. */
enum Change {
    CREATE {
        @Override
        void prepare(Place place) {}

        @Override
        Answer ask(Place place) {
            return place.upload("a", NEW);
        }

        @Override
        Map<String, String> after() {
            return Map.of("a", Bytes.sha256(NEW));
        }
    },
    CREATE_LARGE {
        @Override
        void prepare(Place place) {}

        @Override
        Answer ask(Place place) {
            return place.upload("a", LARGE);
        }

        @Override
        Map<String, String> after() {
            return Map.of("a", Bytes.sha256(LARGE));
        }
    },
    OVERWRITE {
        @Override
        Answer ask(Place place) {
            return place.upload("a", NEW);
        }

        @Override
        Map<String, String> after() {
            return Map.of("a", Bytes.sha256(NEW));
        }
    },
    OVERWRITE_LARGE {
        @Override
        Answer ask(Place place) {
            return place.upload("a", LARGE);
        }

        @Override
        Map<String, String> after() {
            return Map.of("a", Bytes.sha256(LARGE));
        }
    },
    /** Refused when all its bytes are stored. */
    WRONG_DIGEST {
        @Override
        Answer ask(Place place) {
            return place.upload("a", NEW, "Content-MD5", Bytes.md5Base64(OLD));
        }

        @Override
        Map<String, String> after() {
            return before();
        }
    },
    /** Refused like the former, in parts. */
    WRONG_DIGEST_LARGE {
        @Override
        Answer ask(Place place) {
            return place.upload("a", LARGE, "Content-MD5", Bytes.md5Base64(OLD));
        }

        @Override
        Map<String, String> after() {
            return before();
        }
    },
    DELETE {
        @Override
        Answer ask(Place place) {
            return place.api().remove(place.bucket(), place.path("a"));
        }

        @Override
        Map<String, String> after() {
            return Map.of();
        }
    },
    DELETE_MANY {
        @Override
        Answer ask(Place place) {
            return place.api().removeAll(place.bucket(), List.of(place.path("a"), place.path("b")));
        }

        @Override
        Map<String, String> after() {
            return Map.of();
        }
    },
    /** Of a folder. */
    DELETE_PREFIX {
        @Override
        void prepare(Place place) {
            place.upload("c/a", OLD).expect(201);
            place.upload("c/b", OLD).expect(201);
        }

        @Override
        Answer ask(Place place) {
            return place.api()
                    .send(
                            "POST",
                            "/object/delete-prefix",
                            Map.of("bucketId", place.bucket(), "prefix", place.path("c")));
        }

        @Override
        Map<String, String> before() {
            return Map.of("c/a", Bytes.sha256(OLD), "c/b", Bytes.sha256(OLD));
        }

        @Override
        Map<String, String> after() {
            return Map.of();
        }
    },
    /** Of a folder. */
    MOVE_PREFIX {
        @Override
        void prepare(Place place) {
            DELETE_PREFIX.prepare(place);
        }

        @Override
        Answer ask(Place place) {
            Map<String, String> way = Map.of(
                    "bucketId", place.bucket(), "sourcePrefix", place.path("c"), "destinationPrefix", place.path("d"));
            return place.api().send("POST", "/object/move-prefix", way);
        }

        @Override
        Map<String, String> before() {
            return DELETE_PREFIX.before();
        }

        @Override
        Map<String, String> after() {
            return Map.of("d/a", Bytes.sha256(OLD), "d/b", Bytes.sha256(OLD));
        }
    },
    MOVE {
        @Override
        Answer ask(Place place) {
            return place.api().move(place.bucket(), place.path("a"), place.path("b"));
        }

        @Override
        Map<String, String> after() {
            return Map.of("b", Bytes.sha256(OLD));
        }
    },
    COPY {
        @Override
        Answer ask(Place place) {
            return place.api().copy(place.bucket(), place.path("a"), place.path("b"));
        }

        @Override
        Map<String, String> after() {
            return Map.of("a", Bytes.sha256(OLD), "b", Bytes.sha256(OLD));
        }
    },

    /** An unfinished write of a dead gateway, garbage, a file that the ledger does not know, and one that was missed before. */
    CLEAN_UP {
        @Override
        void prepare(Place place) {
            super.prepare(place);
            place.upload("missing", OLD).expect(201);
            place.lose("missing");
            Cleanup.run(place.gateway()).expect(200);
            place.upload("garbage", OLD).expect(201);
            place.upload("unknown", OLD).expect(201);
            place.forget("unknown");
            place.beginAndDie();
            place.api().remove(place.bucket(), place.path("garbage")).expect(204);
        }

        @Override
        Answer ask(Place place) {
            return Cleanup.run(place.gateway());
        }

        @Override
        Map<String, String> after() {
            return before();
        }
    };

    private static final byte[] OLD = Bytes.random(new Random(1), 50_000);
    private static final byte[] NEW = Bytes.random(new Random(2), 600_000);
    private static final byte[] LARGE = Bytes.random(new Random(3), 10 << 20);

    /** Makes what there is {@link #before}. */
    void prepare(Place place) {
        place.upload("a", OLD).expect(201);
    }

    abstract Answer ask(Place place);

    /** Checksums by name, of what there is when it has happened. */
    abstract Map<String, String> after();

    /** The same when it has not. */
    Map<String, String> before() {
        return name().startsWith("CREATE") ? Map.of() : Map.of("a", Bytes.sha256(OLD));
    }

    /** What there is, in the form of the two. */
    static Map<String, String> found(Place place) {
        Map<String, String> found = new TreeMap<>();
        for (String name : List.of("a", "b", "c/a", "c/b", "d/a", "d/b")) {
            Answer answer = place.api().download(place.bucket(), place.path(name));
            if (answer.status() != 404) {
                found.put(name, Bytes.sha256(answer.expect(200).body()));
            }
        }
        return found;
    }

    /** A folder of its own in a bucket. */
    record Place(Gateway gateway, Database database, String user, String bucket, String folder) {

        Api api() {
            return gateway.asUser(user);
        }

        /** The file of this object goes behind the gateway's back. */
        void lose(String name) {
            gateway.stored()
                    .lose((String) database.rows("SELECT blob_key FROM storage.objects WHERE name = ?", path(name))
                            .get(0)
                            .get("blob_key"));
        }

        /** The file of this object is nobody's any more, and the ledger has never heard of it. */
        void forget(String name) {
            database.execute("""
                    WITH gone AS (DELETE FROM storage.objects WHERE name = ? RETURNING blob_key)
                    SELECT count(*) FROM gone""", path(name));
            database.execute("DELETE FROM storage.blobs WHERE name = ?", path(name));
        }

        void clear() {
            api().send("POST", "/object/delete-prefix", Map.of("bucketId", bucket, "prefix", folder))
                    .expect(200);
        }

        void beginAndDie() {
            database.execute("""
                    INSERT INTO storage.blobs (key, backend, bucket_id, name, version, writer)
                    SELECT id || '/00/' || gen_random_uuid() || '~unfinished', b.backend, id, 'unfinished', gen_random_uuid(),
                           gen_random_uuid()
                    FROM storage.buckets, (SELECT backend FROM storage.objects LIMIT 1) b""");
        }

        String path(String name) {
            return folder + "/" + name;
        }

        Answer upload(String name, byte[] content, String... headers) {
            return api().upload(bucket, path(name), content, headers);
        }
    }
}
