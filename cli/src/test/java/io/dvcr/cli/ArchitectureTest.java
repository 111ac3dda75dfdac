package io.dvcr.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The direction of imports, as docs/architecture.md draws it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.dvcr");

    @Test
    void every_module_is_seen() {
        TreeSet<String> modules = new TreeSet<>();
        CLASSES.forEach(type -> modules.add(type.getPackageName().split("\\.", -1)[2]));
        assertThat(modules).containsExactly("cli", "converters", "importers", "registry", "storage", "virt");
    }

    @Test
    void modules_depend_in_one_direction() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.dvcr..")
                .layer("storage")
                .definedBy("io.dvcr.storage..")
                .layer("converters")
                .definedBy("io.dvcr.converters..")
                .layer("importers")
                .definedBy("io.dvcr.importers..")
                .layer("registry")
                .definedBy("io.dvcr.registry..")
                .layer("virt")
                .definedBy("io.dvcr.virt..")
                .layer("cli")
                .definedBy("io.dvcr.cli..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("virt")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("registry")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("importers")
                .mayOnlyBeAccessedByLayers("registry", "virt", "cli")
                .whereLayer("converters")
                .mayOnlyBeAccessedByLayers("importers", "registry", "virt", "cli")
                .check(CLASSES);
    }

    @Test
    void no_packages_depend_on_each_other() {
        slices().matching("io.dvcr.(*).(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("io.dvcr.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void only_the_http_face_knows_vertx() {
        onlyIn("io.dvcr.registry.http..", "io.vertx..", "io.netty..");
    }

    @Test
    void only_the_libvirt_host_knows_libvirt() {
        onlyIn("io.dvcr.virt.libvirt..", "org.libvirt..", "com.sun.jna..");
    }

    @Test
    void only_the_store_in_a_bucket_knows_the_sdk_of_aws() {
        onlyIn("io.dvcr.storage.s3..", "software.amazon..");
    }

    @Test
    void only_downloads_know_the_http_client_of_apache() {
        onlyIn("io.dvcr.importers.source..", "org.apache.hc..");
    }

    @Test
    void only_the_command_line_knows_picocli() {
        onlyIn("io.dvcr.cli..", "picocli..");
    }

    @Test
    void logging_goes_through_slf4j() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.util.logging..", "ch.qos.logback..", "org.apache.log4j.."))
                .check(CLASSES);
    }

    @Test
    void only_the_converters_start_processes() {
        noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage("io.dvcr.converters.qemu..", "io.dvcr.cli..")))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(CLASSES);
    }

    @Test
    void nothing_is_null_unless_it_says_so() {
        TreeSet<String> unmarked = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            JavaPackage owner = type.getPackage();
            if (!owner.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(owner.getName());
            }
        }
        assertThat(unmarked).isEmpty();
    }

    private static void onlyIn(String owner, String... libraries) {
        classes()
                .that(DescribedPredicate.not(resideInAPackage(owner)))
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.not(resideInAnyPackage(libraries)))
                .check(CLASSES);
    }
}
