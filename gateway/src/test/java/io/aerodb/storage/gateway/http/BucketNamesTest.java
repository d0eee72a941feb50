package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketNamesTest {

    private static final String UUID = "0A1B2C3D-0000-4000-8000-00000000000F";

    @ParameterizedTest
    @ValueSource(strings = {"a", "avatars", "My bucket", "a.b_c-d", "1", "signs", "-a-"})
    void goodNamesAreKeptAsTheyAre(String name) {
        assertThat(BucketNames.checked(name)).isEqualTo(name);
        assertThat(BucketNames.lookup(name)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " a",
                "a ",
                ".a",
                "a.",
                "..",
                "a/b",
                "ü",
                "a+b",
                "a\nb",
                "sign",
                "sign-links",
                "public",
                "authenticated",
                "info",
                "list",
                "list-v2",
                "upload",
                "copy",
                "move",
                "move-prefix",
                "delete-prefix",
                UUID
            })
    void badNamesAreRefusedWithTheReason(String name) {
        assertThatThrownBy(() -> BucketNames.checked(name)).isInstanceOfSatisfying(StorageError.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.INVALID_BUCKET_NAME);
            assertThat(error.details()).containsEntry("field", "name").containsKey("reason");
        });
    }

    @Test
    void aNameOf100CharactersIsTheLongest() {
        assertThat(BucketNames.checked("a".repeat(100))).hasSize(100);
        assertThatThrownBy(() -> BucketNames.checked("a".repeat(101))).isInstanceOf(StorageError.class);
    }

    @Test
    void idsAreLookedUpInLowerCase() {
        assertThat(BucketNames.lookup(UUID)).contains("0a1b2c3d-0000-4000-8000-00000000000f");
        assertThat(BucketNames.isId(UUID)).isTrue();
        assertThat(BucketNames.isId("avatars")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a;b", "\u0000", "ü"})
    void nothingElseIsLookedUp(String segment) {
        assertThat(BucketNames.lookup(segment)).isEmpty();
    }
}
