// libyaml's event parser. Nothing of it needs help to be imported into Swift.
#ifndef ML_CLIBYAML_SHIM_H
#define ML_CLIBYAML_SHIM_H

#include <yaml.h>

#endif
