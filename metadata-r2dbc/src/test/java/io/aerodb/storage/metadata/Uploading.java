package io.aerodb.storage.metadata;

import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.util.List;
import java.util.OptionalLong;

/** Uploads without bytes: what the gateway asks of the database, in one line. */
final class Uploading {

    static final String SHA256 = "ab".repeat(32);

    private final TestDatabase database;
    private final ObjectRepository objects;

    Uploading(TestDatabase database) {
        this(database, database.objects);
    }

    Uploading(TestDatabase database, ObjectRepository objects) {
        this.database = database;
        this.objects = objects;
    }

    Bucket bucket(RlsContext owner, String name, BucketPolicy policy) {
        return database.buckets
                .create(owner, new NewBucket(name, name, policy, List.of(), null, null, null))
                .block();
    }

    UploadDecision begin(RlsContext caller, String bucket, String path, WriteRule rule) {
        UploadIntent intent = new UploadIntent(bucket, path, "local", "text/plain", OptionalLong.of(3), rule, null);
        return objects.begin(caller, intent).block();
    }

    CommitOutcome commit(RlsContext caller, Permitted permitted, String path, WriteRule rule) {
        return objects.commit(caller, completion(permitted, path, rule)).block();
    }

    static Completion completion(Permitted permitted, String path, WriteRule rule) {
        return new Completion(permitted, path, 3, SHA256, "text/plain", "no-cache", null, null, rule, null);
    }

    StorageObject put(RlsContext caller, String bucket, String path) {
        Permitted permitted = (Permitted) begin(caller, bucket, path, WriteRule.OVERWRITE);
        return ((CommitOutcome.Committed) commit(caller, permitted, path, WriteRule.OVERWRITE)).object();
    }
}
