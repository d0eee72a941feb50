package io.aerodb.storage.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who knows whom. */
class ModulesTest {

    private static final String BACKEND = Product.ROOT + ".backend..";
    private static final String METADATA = Product.ROOT + ".metadata..";
    private static final String GATEWAY = Product.ROOT + ".gateway..";
    private static final String WIRING = Product.ROOT + ".gateway.wiring..";
    private static final String[] ADAPTERS = {
        Product.ROOT + ".backend.local..", Product.ROOT + ".backend.s3..", Product.ROOT + ".backend.observed.."
    };
    private static final String[] SERVING = {
        "org.springframework.boot..",
        "org.springframework.context..",
        "org.springframework.beans..",
        "org.springframework.http..",
        "org.springframework.web..",
        "reactor.netty.http..",
        "io.netty.handler.codec.http..",
        "java.net.http.."
    };

    @Test
    void bytesKnowNoFacts() {
        noClasses()
                .that()
                .resideInAPackage(BACKEND)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(METADATA, GATEWAY)
                .check(Product.CLASSES);
    }

    @Test
    void factsKnowNoBytes() {
        noClasses()
                .that()
                .resideInAPackage(METADATA)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BACKEND, GATEWAY)
                .check(Product.CLASSES);
    }

    @Test
    void bytesAndFactsKnowNeitherSpringBootNorHttp() {
        noClasses()
                .that()
                .resideInAnyPackage(BACKEND, METADATA)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVING)
                .check(Product.CLASSES);
    }

    @Test
    void onlyWiringNamesAnAdapter() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ADAPTERS)
                .and()
                .resideOutsideOfPackage(WIRING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ADAPTERS)
                .check(Product.CLASSES);
    }

    @Test
    void adaptersDoNotKnowEachOther() {
        slices().matching(Product.ROOT + ".backend.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(alwaysTrue(), resideInAPackage(Product.ROOT + ".backend.work")) // what they share
                .check(Product.CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(Product.ROOT + ".(**)").should().beFreeOfCycles().check(Product.CLASSES);
    }

    @Test
    void allThreeModulesAreLookedAt() {
        List<String> packages = Product.CLASSES.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .toList();
        assertThat(packages)
                .contains(
                        Product.ROOT + ".backend.local",
                        Product.ROOT + ".metadata",
                        Product.ROOT + ".gateway.object",
                        Product.ROOT + ".gateway.wiring");
    }
}
