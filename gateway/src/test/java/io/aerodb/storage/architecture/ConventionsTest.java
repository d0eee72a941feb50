package io.aerodb.storage.architecture;

import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Habits that the compiler does not keep. */
class ConventionsTest {

    private static final Map<String, String> PUBLIC_ANYWAY = Map.of(
            "gateway.StorageGateway", "the main class",
            "gateway.embedded.DevelopmentSecret", "described for whoever signs with it",
            "gateway.embedded.EmbeddedPostgres", "described for whoever starts it",
            "gateway.observability.LogEncoder", "made by Logback, by its name",
            "gateway.observability.BrokenConnections", "made by Logback, by its name",
            "gateway.observability.LogQueue", "made by Logback, by its name",
            "gateway.http.FilterOrder", "constants, which the compiler copies into their users",
            "gateway.http.Problems", "the last word on every failure",
            "gateway.http.StorageApi", "constants, which the compiler copies into their users");

    @Test
    void dependenciesArriveByConstructor() {
        NO_CLASSES_SHOULD_USE_FIELD_INJECTION.check(Product.CLASSES);
    }

    @Test
    void logsGoThroughSlf4j() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(Product.CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(Product.CLASSES.stream().map(JavaClass::getPackage).distinct())
                .filteredOn(room -> !room.isAnnotatedWith(NullMarked.class))
                .extracting(JavaPackage::getName)
                .isEmpty();
    }

    @Test
    void publicIsOnlyWhatAnotherPackageUses() {
        assertThat(Product.CLASSES)
                .filteredOn(ConventionsTest::isPublicWithoutUse)
                .extracting(type -> type.getName().substring(Product.ROOT.length() + 1))
                .containsExactlyInAnyOrderElementsOf(PUBLIC_ANYWAY.keySet());
    }

    private static boolean isPublicWithoutUse(JavaClass type) {
        return type.isTopLevelClass()
                && type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getDirectDependenciesToSelf().stream()
                        .map(use -> use.getOriginClass().getPackageName())
                        .allMatch(type.getPackageName()::equals);
    }
}
