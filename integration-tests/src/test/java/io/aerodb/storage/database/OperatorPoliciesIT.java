package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies as operators paste them, in force at once and without a restart. */
class OperatorPoliciesIT {

    private final Gateway gateway = SharedGateway.get();
    private final String owner = Names.user();
    private final String user = Names.user();
    private final Api ownerApi = gateway.asUser(owner);
    private final Api userApi = gateway.asUser(user);
    private final String bucket = Names.bucket("avatars");
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void bucketWhoseIdIsItsName() {
        ownerApi.createBucket("{\"id\": \"%1$s\", \"name\": \"%1$s\", \"public\": false}".formatted(bucket))
                .expect(200);
    }

    @AfterEach
    void dropPolicies() {
        made.forEach(policy -> gateway.database().execute("DROP POLICY \"" + policy + "\" ON storage.objects"));
    }

    @Test
    void readersOfTheirOwnFolder() {
        ownerApi.upload(bucket, user + "/from-owner.png", Bytes.of("x")).expect(201);
        ownerApi.upload(bucket, owner + "/own.png", Bytes.of("x")).expect(201);
        assertThat(userApi.download(bucket, user + "/from-owner.png")).isRefused(403, "AccessDenied");

        policy("""
                create policy "%s"
                on storage.objects for select
                to authenticated
                using (
                  bucket_id = 'avatars' and
                  (storage.foldername(name))[1] = (select auth.uid()::text)
                );""");

        assertThat(userApi.download(bucket, user + "/from-owner.png")).hasStatus(200);
        assertThat(userApi.info(bucket, user + "/from-owner.png")).hasStatus(200);
        assertThat(userApi.download(bucket, owner + "/own.png")).isRefused(403, "AccessDenied");
        assertThat(userApi.remove(bucket, user + "/from-owner.png")).isRefused(403, "AccessDenied");
        assertThat(gateway.anonymously().download(bucket, user + "/from-owner.png"))
                .isUnauthorized();

        drop();
        assertThat(userApi.download(bucket, user + "/from-owner.png")).isRefused(403, "AccessDenied");
    }

    @Test
    void writersIntoTheirOwnFolder() {
        assertThat(userApi.upload(bucket, user + "/me.png", Bytes.of("x"))).isRefused(403, "AccessDenied");

        policy("""
                create policy "%s"
                on storage.objects for insert
                to authenticated
                with check (
                  bucket_id = 'avatars' and
                  (storage.foldername(name))[1] = (select auth.uid()::text)
                );""");

        Answer uploaded = userApi.upload(bucket, user + "/me.png", Bytes.of("x"));
        assertThat(uploaded).hasStatus(201);
        assertThat(uploaded.field("owner_id")).isEqualTo(user);
        assertThat(userApi.upload(bucket, owner + "/you.png", Bytes.of("x"))).isRefused(403, "AccessDenied");
        assertThat(userApi.upload(bucket, "me.png", Bytes.of("x"))).isRefused(403, "AccessDenied");
        assertThat(gateway.asUser("not-a-uuid").upload(bucket, "not-a-uuid/me.png", Bytes.of("x")))
                .isRefused(403, "AccessDenied");
        Leftovers.in(gateway, bucket).vanish();
    }

    @Test
    void anonymousWritersThatMayNotRead() {
        policy("""
                create policy "%s" on storage.objects for insert to anon
                with check ( bucket_id = 'avatars' and storage.extension(name) = 'png' );""");
        Api anonymous = gateway.anonymously();

        Answer uploaded = anonymous.upload(bucket, "drop/box.png", Bytes.of("x"));
        assertThat(uploaded).hasStatus(201);
        assertThat(uploaded.json().path("owner_id").isNull()).isTrue();
        assertThat(uploaded.field("checksum")).isEqualTo(Bytes.sha256(Bytes.of("x")));
        assertThat(anonymous.download(bucket, "drop/box.png")).isUnauthorized();
        assertThat(anonymous.upload(bucket, "drop/box.gif", Bytes.of("x"))).isUnauthorized();
        assertThat(anonymous.upload(bucket, "drop/box.png", Bytes.of("y"))).isUnauthorized();
        assertThat(ownerApi.download(bucket, "drop/box.png")).hasBody(Bytes.of("x"));
    }

    @Test
    void writersThatMayOverwriteWhatTheyMaySee() {
        ownerApi.upload(bucket, "shared/file", Bytes.of("old")).expect(201);
        policy("create policy \"%s\" on storage.objects for select to authenticated using ( bucket_id = 'avatars' );");
        assertThat(userApi.replace(bucket, "shared/file", Bytes.of("new"))).isRefused(403, "AccessDenied");

        policy("create policy \"%s\" on storage.objects for update to authenticated using ( bucket_id = 'avatars' );");

        Answer replaced = userApi.replace(bucket, "shared/file", Bytes.of("new"));
        assertThat(replaced).hasStatus(200);
        assertThat(replaced.field("owner_id")).isEqualTo(owner);
        assertThat(ownerApi.download(bucket, "shared/file")).hasBody(Bytes.of("new"));
        assertThat(userApi.upload(bucket, "shared/other", Bytes.of("new"))).isRefused(403, "AccessDenied");
    }

    @Test
    void deletersOfTheirFolder() {
        ownerApi.upload(bucket, user + "/file", Bytes.of("x")).expect(201);
        policy("""
                create policy "%s" on storage.objects for delete to authenticated
                using ( bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid()::text) );""");
        policy("create policy \"%s\" on storage.objects for select to authenticated using ( bucket_id = 'avatars' );");

        assertThat(userApi.remove(bucket, user + "/file")).hasStatus(204);
    }

    @Test
    void aRestrictivePolicyNarrowsTheBuiltInRules() {
        ownerApi.upload(bucket, "secret/file", Bytes.of("x")).expect(201);
        ownerApi.upload(bucket, "plain/file", Bytes.of("x")).expect(201);

        policy("""
                create policy "%s" on storage.objects as restrictive to authenticated
                using ( bucket_id <> 'avatars' or (storage.foldername(name))[1] <> 'secret' );""");

        assertThat(ownerApi.download(bucket, "secret/file").status()).isIn(403, 404);
        assertThat(ownerApi.upload(bucket, "secret/new", Bytes.of("x"))).isRefused(403, "AccessDenied");
        assertThat(ownerApi.download(bucket, "plain/file")).hasStatus(200);
        assertThat(gateway.asService().download(bucket, "secret/file")).hasStatus(200);
    }

    @Test
    void aPolicyThatFailsIsAnErrorAndTheConnectionsStayClean() {
        ownerApi.upload(bucket, "file", Bytes.of("x")).expect(201);
        String other = ownerApi.newBucket("private");
        ownerApi.upload(other, "file", Bytes.of("y")).expect(201);

        policy("""
                create policy "%s" on storage.objects as restrictive for select to authenticated
                using ( case when bucket_id = 'avatars' then 1 / (length(name) - length(name)) = 1 else true end );""");
        for (int i = 0; i < 40; i++) {
            Answer failed = ownerApi.download(bucket, "file");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed).revealsNothing();
            assertThat(gateway.anonymously().download(other, "file")).isUnauthorized();
        }
        drop();

        assertThat(ownerApi.download(bucket, "file")).hasStatus(200);
        assertThat(ownerApi.upload(bucket, "another", Bytes.of("x"))).hasStatus(201);
    }

    /** A policy of a fresh name; {@code 'avatars'} in its text stands for this test's bucket. */
    private void policy(String sql) {
        String name = Names.bucket("policy");
        gateway.database().execute(sql.formatted(name).replace("'avatars'", "'" + bucket + "'"));
        made.add(name);
    }

    private void drop() {
        dropPolicies();
        made.clear();
    }
}
