package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.ANON;
import static io.aerodb.storage.metadata.Callers.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.ListedEntry.Folder;
import io.aerodb.storage.metadata.ListedEntry.Item;
import io.aerodb.storage.metadata.ListingQuery.Position;
import io.aerodb.storage.metadata.ListingQuery.Sort;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages against a model: the same objects sorted, folded and cut in memory. */
class ObjectListingTest {

    private static final long SEED = System.nanoTime();
    private static final String[] SEGMENTS = {
        "a", "b", "a b", "a.b", "a-", "a0", "é", "日本", "%", "_", "A", "\uD83D\uDE00", "z"
    };

    private static TestDatabase database;
    private static Uploading uploading;

    @BeforeAll
    static void fill() {
        database = new TestDatabase();
        uploading = new Uploading(database);
        Random random = new Random(SEED);
        uploading.bucket(ALICE, "tree", BucketPolicy.AUTHENTICATED);
        uploading.bucket(ALICE, "mixed", BucketPolicy.AUTHENTICATED);
        TreeSet<String> names = new TreeSet<>();
        while (names.size() < 150) {
            names.add(name(random));
        }
        List<String> shuffled = new ArrayList<>(names);
        java.util.Collections.shuffle(shuffled, random);
        for (String name : shuffled) {
            uploading.put(ALICE, "tree", name);
            uploading.put(random.nextInt(4) == 0 ? BOB : ALICE, "mixed", name);
        }
        database.admin("UPDATE storage.buckets SET policy = 'private' WHERE id = 'mixed'");
        // many objects of one moment: names have to break the ties
        database.admin("ALTER TABLE storage.objects DISABLE TRIGGER USER");
        database.admin("UPDATE storage.objects SET updated_at = date_trunc('second', updated_at)"
                + " + (hashtext(name) % 3) * interval '1 second', created_at = date_trunc('minute', created_at)");
        database.admin("ALTER TABLE storage.objects ENABLE TRIGGER USER");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        for (int depth = random.nextInt(4); depth > 0; depth--) {
            name.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return name.toString();
    }

    @ParameterizedTest
    @EnumSource(Sort.class)
    void pagesTogetherAreTheWholeListingInOrderAndNothingTwice(Sort sort) {
        for (String prefix : List.of("", "a", "a/", "none/", "\uD83D\uDE00")) {
            for (boolean delimited : List.of(true, false)) {
                for (boolean descending : List.of(true, false)) {
                    for (int size : List.of(3, 1000)) {
                        ListingQuery query = new ListingQuery(prefix, delimited, null, sort, descending, null, 0, size);
                        assertPages(ALICE, "tree", query);
                        assertPages(BOB, "mixed", query);
                    }
                }
            }
        }
    }

    private static void assertPages(RlsContext caller, String bucket, ListingQuery query) {
        List<String> expected = model(caller, bucket, query);
        List<String> seen = new ArrayList<>();
        Position after = null;
        int pages = 0;
        do {
            List<ListedEntry> page = page(caller, bucket, after == null ? query : query.after(after));
            page.forEach(entry -> seen.add(label(entry)));
            after = page.size() < query.size() ? null : position(page.get(page.size() - 1), query.sort());
        } while (after != null && ++pages < 8);
        List<String> wanted = after == null ? expected : expected.subList(0, seen.size());
        assertThat(seen)
                .as("seed %d, %s of %s in %s", SEED, query, caller.userId(), bucket)
                .isEqualTo(wanted);
    }

    /** Everything the caller sees, folded and sorted here. */
    private static List<String> model(RlsContext caller, String bucket, ListingQuery query) {
        List<StorageObject> objects = all(caller, bucket).stream()
                .filter(object -> object.path().startsWith(query.prefix()))
                .toList();
        Comparator<StorageObject> order = Comparator.<StorageObject, Instant>comparing(
                        object -> time(object, query.sort()))
                .thenComparing(StorageObject::path, ObjectListingTest::byCodePoint);
        List<StorageObject> sorted = objects.stream()
                .sorted(query.descending() ? order.reversed() : order)
                .toList();
        if (!query.delimited()) {
            return sorted.stream().map(StorageObject::path).toList();
        }
        List<String> folders = sorted.stream()
                .map(object -> folder(query.prefix(), object.path()))
                .filter(folder -> folder != null)
                .distinct()
                .toList();
        Stream<String> files =
                sorted.stream().map(StorageObject::path).filter(path -> folder(query.prefix(), path) == null);
        if (query.sort() != Sort.NAME) {
            return Stream.concat(folders.stream().sorted(ObjectListingTest::byCodePoint), files)
                    .toList();
        }
        return sorted.stream()
                .map(object -> {
                    String folder = folder(query.prefix(), object.path());
                    return folder == null ? object.path() : folder;
                })
                .distinct()
                .toList();
    }

    private static String folder(String prefix, String path) {
        int slash = path.indexOf('/', prefix.length());
        return slash < 0 ? null : path.substring(0, slash + 1);
    }

    private static int byCodePoint(String one, String other) {
        return java.util.Arrays.compareUnsigned(
                one.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                other.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static Instant time(StorageObject object, Sort sort) {
        return switch (sort) {
            case NAME -> Instant.EPOCH;
            case CREATED_AT -> object.createdAt();
            case UPDATED_AT -> object.updatedAt();
            case LAST_ACCESSED_AT -> object.lastAccessedAt();
        };
    }

    private static Position position(ListedEntry entry, Sort sort) {
        return entry instanceof Item item
                ? new Position(false, item.object().path(), sort == Sort.NAME ? null : time(item.object(), sort))
                : new Position(true, ((Folder) entry).name(), null);
    }

    private static String label(ListedEntry entry) {
        return entry instanceof Item item ? item.object().path() : ((Folder) entry).name();
    }

    private static List<StorageObject> all(RlsContext caller, String bucket) {
        ListingQuery everything = new ListingQuery("", false, null, Sort.NAME, false, null, 0, 10_000);
        return page(caller, bucket, everything).stream()
                .map(entry -> ((Item) entry).object())
                .toList();
    }

    private static List<ListedEntry> page(RlsContext caller, String bucket, ListingQuery query) {
        Answer<List<ListedEntry>> answer =
                database.listing.page(caller, bucket, query).block();
        return ((Answer.Given<List<ListedEntry>>) answer).value();
    }

    @Test
    void listsTellNoUserMetadata() {
        Uploading uploading = new Uploading(database);
        uploading.bucket(ALICE, "told", BucketPolicy.PRIVATE);
        uploading.put(ALICE, "told", "file");
        database.admin("UPDATE storage.objects SET user_metadata = '{\"a\": 1}' WHERE bucket_id = 'told'");

        assertThat(all(ALICE, "told")).extracting(StorageObject::metadata).containsOnlyNulls();
    }

    @Test
    void aCallerSeesOnlyWhatHeMayRead() {
        assertThat(all(ALICE, "mixed")).hasSize(150);
        assertThat(all(BOB, "mixed")).isNotEmpty().allMatch(object -> "bob".equals(object.ownerId()));
        assertThat(all(Callers.CAROL, "mixed")).isEmpty();
        assertThat(database.listing
                        .page(ANON, "mixed", new ListingQuery("", false, null, Sort.NAME, false, null, 0, 10))
                        .block())
                .isEqualTo(new Answer.NotGiven<>(Absence.DENIED));
    }

    @Test
    void aSearchMatchesAPartOfTheEntrysOwnNameAndTakesWildcardsLiterally() {
        uploading.bucket(ALICE, "search", BucketPolicy.PRIVATE);
        for (String name : List.of("f/Holiday.jpg", "f/holidays/x", "f/work", "f/100%", "f/a_b", "f/axb")) {
            uploading.put(ALICE, "search", name);
        }
        assertThat(found("HOLI")).containsExactly("f/Holiday.jpg", "f/holidays/");
        assertThat(found("%")).containsExactly("f/100%");
        assertThat(found("_")).containsExactly("f/a_b");
        assertThat(found("f/")).isEmpty();
        assertThat(found("s/"))
                .as("the slash of a folder is no part of its name")
                .isEmpty();
    }

    private static List<String> found(String search) {
        return page(ALICE, "search", new ListingQuery("f/", true, search, Sort.NAME, false, null, 0, 100)).stream()
                .map(ObjectListingTest::label)
                .toList();
    }

    @Test
    void entriesAreSkippedAcrossFoldersAndFiles() {
        for (Sort sort : Sort.values()) {
            ListingQuery whole = new ListingQuery("", true, null, sort, false, null, 0, 1000);
            List<String> all = page(ALICE, "tree", whole).stream()
                    .map(ObjectListingTest::label)
                    .toList();
            for (int skip : List.of(0, 1, 5, all.size() - 1, all.size(), Integer.MAX_VALUE)) {
                ListingQuery some = new ListingQuery("", true, null, sort, false, null, skip, 3);
                assertThat(page(ALICE, "tree", some).stream().map(ObjectListingTest::label))
                        .as("sort %s, skip %d", sort, skip)
                        .containsExactlyElementsOf(
                                all.stream().skip(skip).limit(3).toList());
            }
        }
    }
}
