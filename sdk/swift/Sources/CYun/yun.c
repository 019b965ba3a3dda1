#define YUN_IMPLEMENTATION
#include "yun.h"
