extern "C" __attribute__((visibility("default"))) const char alidade_plugin[512] =
    "something else of the same name";
